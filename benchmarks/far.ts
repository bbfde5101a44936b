import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../source/simulator/simulator.ts';
import { built } from '../test/end-to-end/terminal.ts';
import { allInTurn, type BenchmarkRow, type Goal, row } from './measure.ts';
import { openFleet } from './open-fleet.ts';
import { fire, script as rearmInPython } from './rearm.ts';

const runs = 7;
const many = 1000;
/** Milliseconds before each answer: a host across a continent. */
const latency = 50;

const preamble = `
import os, xmlrpc.client
host = xmlrpc.client.ServerProxy(os.environ['XENFAI_HOST'])
session = host.session.login_with_password('root', os.environ['XENFAI_PASSWORD'])['Value']
`;
const listInPython = `${preamble}
assert len(host.VM.get_all_records(session)['Value']) > 1000
host.session.logout(session)
`;
/** What the fleet reads before it shows a row. */
const fleetInPython = `${preamble}
host.pool.get_all_records(session)
host.host.get_all_records(session)
host.event.register(session, ['vm', 'vif', 'vm_metrics'])
host.VM.get_all_records(session)
host.VIF.get_all_records(session)
host.VM_metrics.get_all_records(session)
`;

const python = '/usr/bin/python3';
const xo = join(import.meta.dirname, 'xen-api-client.mjs');
const [snake, orchestra] = ["Python's xmlrpc.client", 'xen-api'] as const;

/** The list and a rearm of a host that is 50 ms away, each process from its start to its end, and the fleet to its first rows. */
export async function farAway(): Promise<BenchmarkRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'xenfai-bench-'));
  const [small, large] = await Promise.all(
    [3, many].map((vms) => startSimulator({ vms, monitorPort: 1, loginDelay: 0, latency })),
  );
  if (small === undefined || large === undefined) throw new Error('no simulator');
  const ran = (program: string, ...args: string[]) => timed(large, program, args, folder);
  const rearmed = (program: string, ...args: string[]) => {
    fire(small);
    return timed(small, program, args, folder);
  };
  const connected = (program: string, ...args: string[]) =>
    connections(small, (host) => {
      fire(small);
      return timed({ host, password: small.password }, program, args, folder);
    });
  try {
    const list = await allInTurn(runs, [
      () => ran(process.execPath, built, 'status', '--all'),
      () => ran(python, '-c', listInPython),
      () => ran(process.execPath, xo, 'list'),
    ]);
    const rearm = await allInTurn(runs, [
      () => rearmed(process.execPath, built, 'rearm', 'vm3', '--yes'),
      () => rearmed(python, '-c', rearmInPython),
      () => rearmed(process.execPath, xo, 'rearm'),
    ]);
    const kept = [
      await connected(process.execPath, built, 'rearm', 'vm3', '--yes'),
      await connected(python, '-c', rearmInPython),
      await connected(process.execPath, xo, 'rearm'),
    ];
    const fleet = await allInTurn(runs, [() => shown(large), () => ran(python, '-c', fleetInPython)]);
    return [
      ...rowsOf('list of 1,000 VMs, 50 ms away', list),
      ...rowsOf('rearm by name, 50 ms away', rearm),
      ...rowsOf('its connections', kept, { most: 3 }, ''),
      ...rowsOf('the fleet of 1,000 VMs, 50 ms away', fleet, null),
    ];
  } finally {
    await Promise.all([small.stop(), large.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** No slower than any rival; only a screen of ours is drawn, and Python's shows nothing. */
const rowsOf = (
  what: string,
  [ours = Number.NaN, ...others]: readonly number[],
  goal: Goal | null = { times: 1 },
  unit = 'ms',
): BenchmarkRow[] => others.map((theirs, at) => row(what, ours, theirs, unit, at === 0 ? snake : orchestra, goal));

async function shown(simulator: Simulator): Promise<number> {
  const began = performance.now();
  const terminal = await openFleet(simulator);
  const passed = performance.now() - began;
  terminal.kill();
  await terminal.exit;
  return passed;
}

/** How many connections somebody makes who is told this address instead. */
async function connections(sim: Simulator, work: (host: string) => Promise<unknown>): Promise<number> {
  let count = 0;
  const between = createServer((socket) => {
    count += 1;
    const { port, hostname } = new URL(sim.host);
    socket
      .on('error', () => {})
      .pipe(connect(Number(port), hostname).on('error', () => {}))
      .pipe(socket);
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  await work(`http://127.0.0.1:${(between.address() as AddressInfo).port}`);
  between.close();
  return count;
}

type Server = Pick<Simulator, 'host' | 'password'>;

async function timed(sim: Server, program: string, args: readonly string[], folder: string): Promise<number> {
  const around = { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_STATE_DIR: folder };
  const began = performance.now();
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...around },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}`);
  return performance.now() - began;
}
