import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { startSimulator } from '../source/simulator/simulator.ts';
import { Terminal } from '../test/end-to-end/terminal.ts';
import { hello } from './first-frame.ts';
import { quiet } from './least-bytes.ts';
import { type BenchmarkRow, inTurn, row, usedBy } from './measure.ts';
import { openFleet } from './open-fleet.ts';

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
  const heap = (what: string, after: number, before: number, rival: string): BenchmarkRow => ({
    ...row(what, after, before, 'MiB', rival),
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
    heap('heap after the second such hour', second, first, 'after the first, when logs are full'),
  ];
}

async function memory(): Promise<BenchmarkRow> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-bench-'));
  const rival = await hello(folder);
  const simulator = await startSimulator({ vms: 40, monitorPort: 1, loginDelay: 0 });
  const of = async (terminal: Terminal): Promise<number> => {
    await quiet(terminal);
    const used = usedBy(terminal.pty.pid).memory;
    terminal.kill();
    await terminal.exit;
    return used;
  };
  const sizes = await inTurn(
    3,
    async () => of(await openFleet(simulator)),
    async () => {
      const terminal = new Terminal([rival]);
      await terminal.shows('Hello from Ink');
      return of(terminal);
    },
  );
  await simulator.stop();
  rmSync(folder, { recursive: true });
  return row('memory of the fleet with 40 VMs', ...sizes, 'MiB', 'Ink hello world, same bundler');
}

/** What the screen keeps in memory. */
export const remembering = async (): Promise<BenchmarkRow[]> => [...(await hours()), await memory()];
