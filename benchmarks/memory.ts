import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Simulator, startSimulator } from '../source/simulator/simulator.ts';
import { Terminal } from '../test/end-to-end/terminal.ts';
import { hello as bundleHello } from './first-frame.ts';
import { quiet } from './least-bytes.ts';
import { type BenchmarkRow, type Goal, inTurn, row, usedBy } from './measure.ts';
import { openFleet, pause } from './open-fleet.ts';

/** MiB before and after an hour of events, and after another one. */
async function hours(): Promise<BenchmarkRow[]> {
  const child = spawn(process.execPath, ['--expose-gc', join(import.meta.dirname, 'hour-of-events.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  const [begun, first, second] = z.tuple([z.number(), z.number(), z.number()]).parse(JSON.parse(text));
  const heap = (what: string, after: number, before: number, rival: string, goal?: Goal): BenchmarkRow => ({
    ...row(what, after, before, 'MiB', rival, goal),
    ours: `${after.toFixed(1)} MiB`,
    theirs: `${before.toFixed(1)} MiB`,
  });
  return [
    heap(
      'heap after an hour of 50 events a second, 1,000 VMs',
      first,
      begun,
      'after two minutes, when logs are empty',
    ),
    // Flat: what is kept after a collection does not grow with what has happened.
    heap('heap after the second such hour', second, first, 'after the first, when logs are full', { times: 1.05 }),
  ];
}

/** Milliseconds in which fifteen thousand events come, which is five minutes of fifty a second. */
const busy = 30_000;
const perBeat = 10;

/** MiB of a screen of 40 VMs after so many events, and after as many more. */
async function underLoad(simulator: Simulator): Promise<readonly [number, number]> {
  const terminal = await openFleet(simulator);
  await quiet(terminal);
  const { database } = simulator.world;
  const vms = [...database.all('VM')].filter(([, vm]) => vm['is_a_template'] !== true).map(([ref]) => ref);
  const used = (): number => usedBy(terminal.pty.pid).memory;
  let count = 0;
  const timer = setInterval(() => {
    for (const end = count + perBeat; count < end; count += 1)
      database.set('VM', vms[count % vms.length] ?? '', 'name_description', `number ${count}`);
  }, 20);
  await pause(busy);
  const first = used();
  await pause(busy);
  const second = used();
  clearInterval(timer);
  terminal.kill();
  await terminal.exit;
  return [first, second];
}

const hello = 'Ink hello world, same bundler';

async function memory(): Promise<BenchmarkRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-bench-'));
  const rival = await bundleHello(folder);
  const simulator = await startSimulator({ vms: 40, monitorPort: 1, loginDelay: 0 });
  const of = async (terminal: Terminal): Promise<number> => {
    await quiet(terminal);
    const used = usedBy(terminal.pty.pid).memory;
    terminal.kill();
    await terminal.exit;
    return used;
  };
  const [ours, theirs] = await inTurn(
    3,
    async () => of(await openFleet(simulator)),
    async () => {
      const terminal = new Terminal([rival]);
      await terminal.shows('Hello from Ink');
      return of(terminal);
    },
  );
  const [first, second] = await underLoad(simulator);
  await simulator.stop();
  rmSync(folder, { recursive: true });
  return [
    row('memory of the fleet with 40 VMs, at rest', ours, theirs, 'MiB', hello, { times: 1.5 }),
    row('the same after 15,000 events, garbage included', first, theirs, 'MiB', hello),
    row('the same after 15,000 more', second, first, 'MiB', 'after the first 15,000', { times: 1.1 }),
  ];
}

/** What the screen keeps in memory. */
export const remembering = async (): Promise<BenchmarkRow[]> => [...(await hours()), ...(await memory())];
