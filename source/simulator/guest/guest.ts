import { fieldsOf, refsOf, text } from '../calls/context.ts';
import { hostTime } from '../clock.ts';
import { nullRef } from '../database.ts';
import { isMeasured } from '../monitor.ts';
import type { World } from '../world.ts';
import { classesOf } from './config-space.ts';
import { faiScript } from './fai-script.ts';
import type { Domain, Ends } from './guests.ts';
import { faiLines, kernelLines, lastLines, loginLines, panicLines } from './hvc0.ts';
import { type FaiRun, readKernelLine } from './kernel-line.ts';
import { Life } from './life.ts';
import { isThisMachine, sendMessage } from './monitor-client.ts';

/** What a scripted guest sees of the world around it. */
export type GuestWorld = Pick<World, 'clock' | 'database' | 'disks' | 'monitorPort' | 'profile' | 'random'>;

const second = 1000;

/** The installer's kernel has come up in a domain: what follows is decided by its kernel line. */
export function runInstaller(world: GuestWorld, vm: string, line: string, ends: Ends): Domain {
  const life = new Life();
  const outcome = readKernelLine(line);
  const run = async (): Promise<void> => {
    load(world, vm, 0.5);
    print(ends, kernelLines(line));
    await life.pause(world, 9 * second);
    const vif = refsOf(world.database.get('VM', vm)['VIFs'])[0];
    if (outcome.kind === 'panic') {
      print(ends, panicLines);
      return ends.crashed();
    }
    if (outcome.kind === 'stuck' || vif === undefined) return load(world, vm, 0);
    await runFai(world, vm, outcome.run, ends, life);
  };
  guarded(run, life.signal);
  return life.domain(world, outcome.kind === 'fai');
}

async function runFai(world: GuestWorld, vm: string, run: FaiRun, ends: Ends, life: Life): Promise<void> {
  const { signal } = life;
  const record = world.database.get('VM', vm);
  const hostname = run.hostname ?? nameInDns(text(record['name_label']));
  const { acts, ending } = faiScript(run, classesOf(hostname));
  const tell = speaker(world, vm, { run, hostname }, signal);
  for (const act of acts) {
    load(world, vm, act.load);
    await life.pause(world, act.seconds * second * (0.9 + world.random.next() * 0.2));
    if (act.installed) writeSystem(world, vm);
    if (act.message !== null) {
      print(ends, faiLines(act.message, hostname));
      await tell(act.message);
    }
    signal.throwIfAborted();
  }
  load(world, vm, 0);
  print(ends, lastLines[ending]);
  if (ending === 'reboot') ends.rebooted();
  if (ending === 'halt') ends.halted();
}

/** As a console has them: a PV guest's tty ends its lines with both. */
const print = (ends: Ends, lines: readonly string[]): void =>
  ends.console(Buffer.from(lines.map((line) => `${line}\r\n`).join('')));

/** The name that this world's DHCP server has for a VM. */
const nameInDns = (label: string): string => label.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');

/** Messages go out only if the first one, `check`, found somebody. Monitors elsewhere belong to this world. */
function speaker(
  world: GuestWorld,
  vm: string,
  { run, hostname }: { readonly run: FaiRun; readonly hostname: string },
  signal: AbortSignal,
): (message: string) => Promise<void> {
  const { address, port } = run.monitor;
  const record = world.database.get('VM', vm);
  const mac = text(world.database.find('VIF', refsOf(record['VIFs'])[0] ?? '')?.['MAC']);
  const sendid = run.sendid === 'mac' ? mac : run.sendid === '' || run.sendid === 'host' ? hostname : run.sendid;
  let open = isThisMachine(address);
  return async (message) => {
    if (!open) return;
    const sent = await sendMessage(address, port ?? world.monitorPort, `${sendid} ${message}`, signal);
    if (message === 'check') open = sent;
  };
}

/** The installed system comes up from disk: its agent reports to the host after a while. */
export function runInstalled(world: GuestWorld, vm: string, system: string, ends: Ends): Domain {
  const life = new Life();
  const run = async (): Promise<void> => {
    load(world, vm, 0.6);
    await life.pause(world, 20 * second);
    print(ends, loginLines(nameInDns(text(world.database.get('VM', vm)['name_label']))));
    load(world, vm, 0.02);
    const metrics = world.database.create('VM_guest_metrics', {
      os_version: { name: system, uname: '2.6.32-4-686-bigmem', distro: 'debian', major: '5', minor: '0' },
      PV_drivers_version: { major: '5', minor: '6', micro: '0', build: '578' },
      PV_drivers_up_to_date: true,
      networks: { '0/ip': `10.1.2.${1 + Math.floor(world.random.next() * 253)}` },
      live: true,
      last_updated: hostTime(world.clock.now()),
    });
    world.database.set('VM', vm, 'guest_metrics', metrics);
  };
  guarded(run, life.signal);
  return life.domain(world, true);
}

/** A guest that only runs: HVM machines of the background. */
export const runIdle = (world: GuestWorld): Domain => new Life().domain(world, true);

function writeSystem(world: GuestWorld, vm: string): void {
  for (const vbd of refsOf(world.database.get('VM', vm)['VBDs'])) {
    const record = world.database.get('VBD', vbd);
    if (record['bootable'] === true && record['VDI'] !== nullRef) {
      world.disks.set(text(record['VDI']), { system: 'Debian 5.0 (lenny)' });
    }
  }
}

function load(world: GuestWorld, vm: string, value: number): void {
  if (!isMeasured(world)) return;
  const record = world.database.find('VM', vm);
  const metrics = text(record?.['metrics']);
  const fields = world.database.find('VM_metrics', metrics);
  if (record === undefined || fields === undefined) return;
  const cpus = Object.keys(fieldsOf(fields['VCPUs_utilisation']));
  world.database.set('VM_metrics', metrics, 'VCPUs_utilisation', Object.fromEntries(cpus.map((cpu) => [cpu, value])));
  world.database.set('VM_metrics', metrics, 'last_updated', hostTime(world.clock.now()));
}

/** A guest that was switched off ends quietly; anything else is a fault of the simulator. */
function guarded(run: () => Promise<void>, signal: AbortSignal): void {
  run().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
