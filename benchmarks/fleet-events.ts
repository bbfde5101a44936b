import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Simulator, startSimulator } from '../source/simulator/simulator.ts';
import { quiet } from './least-bytes.ts';
import { type BenchmarkRow, row, usedBy } from './measure.ts';
import { openFleet, pause, vmNamed } from './open-fleet.ts';

/** Follows the same events, and tells the name of each VM that has changed; it has no screen. */
const follower = `
import os, xmlrpc.client
host = xmlrpc.client.ServerProxy(os.environ['XENFAI_HOST'], allow_none=True)
session = host.session.login_with_password('root', os.environ['XENFAI_PASSWORD'])['Value']
host.event.register(session, ['vm', 'vif', 'vm_metrics'])
host.VM.get_all_records(session)
print('ready', flush=True)
while True:
    for event in host.event.next(session)['Value']:
        print(event['snapshot']['name_label'], flush=True)
`;

const wait = 20;
const duration = 30_000;

interface Busy {
  /** Processor time by clock time, in percent. */
  readonly share: number;
  /** Milliseconds from the change to its sight: the slowest of a hundred. */
  readonly late: number;
}

/** Fifty events a second all over the fleet; some of them, one after the other, rename a VM that is in sight. */
async function busy(simulator: Simulator, pid: number, sees: (name: string) => Promise<unknown>): Promise<Busy> {
  const { database } = simulator.world;
  const all = [...database.all('VM')].filter(([, vm]) => vm['is_a_template'] !== true).map(([ref]) => ref);
  const seen = vmNamed(simulator, 'vm0003');
  const times: number[] = [];
  let waits = false;
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    if (waits || count % 7 !== 0) {
      database.set('VM', all[(count * 7) % all.length] ?? '', 'name_description', `number ${count}`);
      return;
    }
    waits = true;
    const name = `vm0003-${count}`;
    const began = performance.now();
    database.set('VM', seen, 'name_label', name);
    void sees(name).then(() => {
      times.push(performance.now() - began);
      waits = false;
    });
  }, wait);
  await pause(3000);
  times.length = 0;
  const [before, began] = [usedBy(pid).milliseconds, performance.now()];
  await pause(duration);
  const share = ((usedBy(pid).milliseconds - before) / (performance.now() - began)) * 100;
  clearInterval(timer);
  while (waits) await pause(10);
  database.set('VM', seen, 'name_label', 'vm0003');
  return { share, late: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN };
}

/** What the events of a thousand VMs cost, and when one sees them. */
export async function followingEvents(): Promise<BenchmarkRow[]> {
  const simulator = await startSimulator({ vms: 1000, monitorPort: 1, loginDelay: 0 });
  const terminal = await openFleet(simulator);
  await terminal.shows('vm0003');
  await quiet(terminal);
  const ours = await busy(simulator, terminal.pty.pid, (name) => terminal.shows(`${name} `));
  terminal.kill();
  const env = { ...process.env, XENFAI_HOST: simulator.host, XENFAI_PASSWORD: simulator.password };
  const child = spawn('/usr/bin/python3', ['-c', follower], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const sees = await hearing(child);
  const theirs = await busy(simulator, child.pid ?? 0, sees);
  child.kill();
  await simulator.stop();
  const rival = "Python's xmlrpc.client following them, without a screen";
  return [
    row('1,000 VMs, 50 events a second: share of a core', ours.share, theirs.share, '%', rival, { most: 15 }),
    row('the same: from an event to the screen, 99 of 100', ours.late, theirs.late, 'ms', rival, { most: 100 }),
  ];
}

/** Resolves when it is ready; gives what waits for a line. */
async function hearing(child: ChildProcess): Promise<(line: string) => Promise<unknown>> {
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return (wanted) =>
    new Promise<void>((resolve) => {
      const look = (line: string): void => {
        if (line !== wanted) return;
        lines.off('line', look);
        resolve();
      };
      lines.on('line', look);
    });
}
