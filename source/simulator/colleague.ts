import { connect } from 'node:net';
import { endDomain, recordShutdown, startVm } from './boot.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { faiLine, faiSixLine, makeVm, type Site } from './populate-vms.ts';
import type { World } from './world.ts';

// Somebody else at work on the same host, whose installs end as real ones do: one waits for a key and one for an answer to
// ssh, one is slow, one fails, and one is switched off while it installs packages. What becomes of them is decided as for
// any guest of this world: by the kernel line, by the config space, and by who switches it off.

const second = 1000;

interface Machine {
  readonly name: string;
  /** Seconds of guest time between the first start and this one. */
  readonly after: number;
  readonly args: string;
  /** Seconds of guest time between its start and somebody's switching it off. */
  readonly cutAfter?: number;
}

const machines: readonly Machine[] = [
  // The page's own line: no reboot among the flags.
  { name: 'page01', after: 0, args: faiLine('verbose,sshd') },
  { name: 'far01', after: 20, args: faiLine('verbose,sshd,reboot') },
  { name: 'raid01', after: 60, args: faiLine('verbose,sshd,reboot') },
  // Nothing on the line keeps FAI 6 from sending its logs to a server whose key it does not know.
  { name: 'logs01', after: 80, args: faiSixLine('verbose,sshd,reboot') },
  // Its packages begin after two minutes, and take three.
  {
    name: 'cut01',
    after: 100,
    args: `${faiSixLine('verbose,sshd,reboot')} LOGUSER= FAI_LOGPROTO=none`,
    cutAfter: 220,
  },
];

/** Armed by the colleague, who starts them when FAI's monitor listens. The function returned sends the colleague home. */
export function addColleague(world: World, site: Site, repository: string): () => void {
  const vms = machines.map((machine) => ({
    ...machine,
    vm: armed(world, site, machine.name, repository, machine.args),
  }));
  const cancels: (() => void)[] = [];
  const begin = (): void => {
    for (const { vm, after, cutAfter } of vms) {
      const start = () => void startAsArmed(world, vm);
      cancels.push(world.clock.afterGuestTime(after * second, start));
      if (cutAfter === undefined) continue;
      const cut = () => switchOff(world, vm);
      cancels.push(world.clock.afterGuestTime((after + cutAfter) * second, cut));
    }
  };
  cancels.push(whenAnswered(world.monitorPort, begin));
  return () => {
    for (const cancel of cancels) cancel();
  };
}

function armed(world: World, site: Site, name: string, repository: string, line: string): string {
  const { database } = world;
  const args = `${line} monserver=127.0.0.1`;
  const vm = makeVm(world, site, { name, kind: 'armed', repository, allowed: [], args });
  const mark = {
    vm: String(database.get('VM', vm)['uuid']),
    run: world.random.uuid().slice(0, 8),
    at: world.clock.now().toISOString(),
    by: 'anna@jump2',
    ...{ repository, release: 'lenny', arch: 'i386', args },
  };
  database.setKey('VM', vm, 'other_config', 'xenfai:armed', JSON.stringify(mark));
  updateAllowedOperations(world, vm);
  return vm;
}

/** Unless somebody has been faster: started it, or removed it. */
async function startAsArmed(world: World, vm: string): Promise<void> {
  if (world.database.find('VM', vm)?.['power_state'] !== 'Halted') return;
  // What keeps it from starting, the colleague will see.
  await startVm(world, vm, world.stopped).catch(() => {});
  updateAllowedOperations(world, vm);
}

/** As VM.hard_shutdown does it; whoever has been faster has switched it off already. */
function switchOff(world: World, vm: string): void {
  if (world.database.find('VM', vm)?.['power_state'] !== 'Running') return;
  recordShutdown(world, vm, 'halted', 'external', 'destroy');
  endDomain(world, vm);
  updateAllowedOperations(world, vm);
}

/** Looks twice a second whether somebody listens on a port of this machine. */
function whenAnswered(port: number, action: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const look = (): void => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      socket.destroy();
      if (!stopped) action();
    });
    socket.on('error', () => {
      if (!stopped) timer = setTimeout(look, second / 2).unref();
    });
  };
  look();
  return () => {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
  };
}
