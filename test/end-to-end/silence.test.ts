import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { openFleet } from './open-fleet.ts';
import { built, type Terminal } from './terminal.ts';

const tryNow = '\u0012';

let sim: Simulator | null = null;
let terminal: Terminal;
afterEach(async () => {
  terminal.kill();
  await sim?.stop();
  sim = null;
});

/** The look of the cell in which a text begins: dim or not. */
function colourOf(text: string): number {
  const row = terminal.lines().findIndex((line) => line.includes(text));
  const column = terminal.lines()[row]?.indexOf(text) ?? -1;
  return terminal.buffer.getLine(row)?.getCell(column)?.getFgColor() ?? -2;
}

test.each([
  [80, 24],
  [160, 50],
])(
  'a host that goes away and comes back, at %ix%i: seen at once, nothing is done with it, then all as before',
  async (columns, rows) => {
    sim = await simulator({ vms: 12 });
    const port = Number(new URL(sim.host).port);
    terminal = await openFleet(sim, { columns, rows });
    await terminal.shows(/❯ vm\d+/);
    await terminal.shows('a rearm');
    const fresh = colourOf('half-armed  ');
    const names = (): string[] =>
      terminal
        .lines()
        .slice(2, 15)
        .map((line) => line.slice(0, 30));
    const table = names();

    await sim.stop();
    await terminal.shows(/✗ No answer from 127\.0\.0\.1:\d+ for less than a minute; trying/);
    await terminal.shows('^R try now');
    expect(colourOf('half-armed  ')).not.toBe(fresh);
    // In the place of the steps: no row has moved.
    expect(terminal.lines()[1]).toContain('No answer');
    expect(names()).toEqual(table);
    expect(terminal.lines().at(-1)).not.toContain('rearm');
    terminal.press('a');
    await terminal.is('the reason above the keys', (text) =>
      (text.split('\n').at(-2) ?? '').includes('No answer from'),
    );

    sim = await simulator({ vms: 12, port });
    terminal.press(tryNow);
    await terminal.shows('answers again.');
    await terminal.shows('a rearm');
    expect(colourOf('half-armed  ')).toBe(fresh);
    expect(terminal.raw).not.toContain('ended the session');
    expect(terminal.wraps()).toBe(false);
  },
);

/** `xenfai simulate` as a process of its own, on a port or any, when it is ready. */
async function simulated(port: number): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const args = [built, 'simulate', '--vms', '4', '--monitor-port', '1', '--port', String(port)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, ready: JSON.parse(line.toString()) as Ready };
}

interface Ready {
  readonly host: string;
  readonly password: string;
}

test('a host that is killed and comes back on the same port: the fleet recovers by itself', async () => {
  const before = await simulated(0);
  let now = before.child;
  try {
    terminal = await openFleet(before.ready, { columns: 80, rows: 24 });
    await terminal.shows(/❯ vm\d+/);
    await terminal.shows('a rearm');
    const rows = (): string[] =>
      terminal
        .lines()
        .slice(2, 12)
        .map((row) => row.slice(0, 30).trimEnd());
    const all = rows();
    before.child.kill('SIGKILL');
    await terminal.shows(/✗ No answer from 127\.0\.0\.1:\d+ for less than a minute; trying/);
    now = (await simulated(Number(new URL(before.ready.host).port))).child;
    await terminal.shows('answers again.');
    await terminal.shows('a rearm');
    expect(rows()).toEqual(all);
  } finally {
    now.kill('SIGKILL');
  }
});
