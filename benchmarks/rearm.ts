import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../source/simulator/simulator.ts';
import { built } from '../test/end-to-end/terminal.ts';
import { type BenchmarkRow, inTurn, row } from './measure.ts';

const runs = 15;
/** Milliseconds before each answer, where calls in sequence are counted by the time that they take. */
const latency = 1000;

/** What a rearm calls, one after the other: login, the host, the VM, its mark, the writes, the look back, logout. */
export const script = `
import os, xmlrpc.client
host = xmlrpc.client.ServerProxy(os.environ["XENFAI_HOST"], allow_none=True)
def call(name, *params):
    answer = getattr(host, name)(*params)
    assert answer["Status"] == "Success", answer
    return answer["Value"]
session = call("session.login_with_password", "root", os.environ["XENFAI_PASSWORD"])
call("pool.get_all_records", session)
hosts = call("host.get_all_records", session)
vm = call("VM.get_all_records_where", session, 'field "name__label" = "vm3"')
ref = list(vm)[0]
now = call("host.get_servertime", session, list(hosts)[0])
call("VM.add_to_other_config", session, ref, "xenfai:armed", str(now))
call("VM.add_to_other_config", session, ref, "install-distro", "debianlike")
call("VM.set_PV_bootloader", session, ref, "eliloader")
assert call("VM.get_record", session, ref)["PV_bootloader"] == "eliloader"
call("session.logout", session)
`;
const scriptCalls = 10;

/** The system's own, not what a version manager has put before it. */
const python = '/usr/bin/python3';

/** One cold rearm to its end, and the same calls from Python; the VM is put back each time. */
export async function rearming(): Promise<BenchmarkRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'xenfai-bench-'));
  try {
    const near = await startSimulator({ vms: 3, monitorPort: 1, loginDelay: 0 });
    const whole = await inTurn(
      runs,
      () => ours(near, folder),
      () => theirs(near),
    );
    const few = await fastest(3, () => ours(near, folder));
    await near.stop();
    const far = await startSimulator({ vms: 3, monitorPort: 1, loginDelay: 0, latency });
    const delayed = await fastest(3, () => ours(far, folder));
    await far.stop();
    const inSequence = Math.round((delayed - few) / latency);
    return [
      row('rearm that writes, login to logout', ...whole, 'ms', 'python3 making the same calls', { times: 2 }),
      row('its calls in sequence', inSequence, scriptCalls, 'calls', 'python3, one after the other', { most: 8 }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ours = (sim: Simulator, folder: string): Promise<number> =>
  timed(sim, process.execPath, [built, 'rearm', 'vm3', '--yes'], { XENFAI_STATE_DIR: folder });

const theirs = (sim: Simulator): Promise<number> => timed(sim, python, ['-c', script], {});

async function timed(sim: Simulator, program: string, args: readonly string[], env: Record<string, string>) {
  fire(sim);
  const around = { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password };
  const began = performance.now();
  const child = spawn(program, [...args], { stdio: 'ignore', env: { ...process.env, ...around, ...env } });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}`);
  return performance.now() - began;
}

/** vm3 as its installer has left it: on pygrub, no distro, no mark. */
export function fire({ world: { database } }: Simulator): void {
  const [ref = ''] = [...database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm3') ?? [];
  database.set('VM', ref, 'PV_bootloader', 'pygrub');
  for (const key of ['install-distro', 'xenfai:armed']) database.removeKey('VM', ref, 'other_config', key);
}

/** The fastest of some: what is counted is not the machine. */
async function fastest(count: number, work: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < count; i += 1) all.push(await work());
  return Math.min(...all);
}
