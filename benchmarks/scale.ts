import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { unknownRules } from '../source/boot/releases.ts';
import { startSimulator } from '../source/simulator/simulator.ts';
import { FleetFold } from '../source/watch/fleet.ts';
import { ref, vmRecord } from '../source/xapi/records.ts';
import { built } from '../test/end-to-end/terminal.ts';
import { type BenchmarkRow, inTurn, row } from './measure.ts';

const many = 5000;
const few = 50;

/** Milliseconds until `simulate` says that it is ready. */
async function untilReady(vms: number): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [built, 'simulate', '--vms', String(vms)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const passed = performance.now() - began;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return passed;
}

async function ran(program: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  const began = performance.now();
  const child = spawn(program, [...args], { stdio: 'ignore', env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program}: exit ${code}`);
  return performance.now() - began;
}

const python = `
import os, xmlrpc.client
host = xmlrpc.client.ServerProxy(os.environ['XENFAI_HOST'])
session = host.session.login_with_password('root', os.environ['XENFAI_PASSWORD'])['Value']
assert len(host.VM.get_all_records(session)['Value']) > 5000
host.session.logout(session)
`;

/** Nanoseconds for one event of one VM, in a fleet of so many. */
function perEvent(vms: number): number {
  const fold = new FleetFold(unknownRules);
  const all = Array.from({ length: vms }, (_, i) => ({
    ref: ref.parse(`OpaqueRef:${i}`),
    record: vmRecord.parse({ uuid: `u${i}`, name_label: `vm${i}`, power_state: 'Running', PV_bootloader: 'pygrub' }),
  }));
  fold.fold({ type: 'all', vms: all, started: new Map(), clockAhead: 0 }, 0);
  const events = 20_000;
  const began = performance.now();
  for (let i = 0; i < events; i += 1) {
    const vm = all[i % all.length];
    if (vm !== undefined) fold.fold({ type: 'vm', vm }, i);
  }
  return ((performance.now() - began) * 1e6) / events;
}

/** What does not grow with a fleet, and what does. */
export async function scale(): Promise<BenchmarkRow[]> {
  const starting = await inTurn(
    3,
    () => untilReady(many),
    () => untilReady(0),
  );
  const folding = await inTurn(
    5,
    () => Promise.resolve(perEvent(many)),
    () => Promise.resolve(perEvent(few)),
  );
  const simulator = await startSimulator({ vms: many, monitorPort: 1 });
  const env = { XENFAI_HOST: simulator.host, XENFAI_PASSWORD: simulator.password };
  const status = await inTurn(
    3,
    () => ran(process.execPath, [built, 'status'], env),
    () => ran('python3', ['-c', python], env),
  );
  await simulator.stop();
  return [
    row('simulate --vms 5000, until it is ready', ...starting, 'ms', 'simulate --vms 0'),
    row('status of 5,000 VMs', ...status, 'ms', "Python's xmlrpc.client reading the records"),
    row('an event of one VM among 5,000', ...folding, 'ns', 'among 50'),
  ];
}
