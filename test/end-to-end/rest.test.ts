import { afterEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { openFleet } from './open-fleet.ts';
import type { Terminal } from './terminal.ts';

let sim: Simulator;
let terminal: Terminal;
afterEach(async () => {
  terminal.kill();
  await sim.stop();
});

test.each([
  [80, 24],
  [160, 50],
])(
  'what the host tells and nobody sees costs no byte at %ix%i, and a change its own cells',
  async (columns, rows) => {
    sim = await simulator({ vms: 40 });
    const { database } = sim.world;
    // Ages stand still: with nothing else to say, nothing is said.
    terminal = await openFleet(sim, { columns, rows }, { XENFAI_CLOCK: '2026-12-01T10:00:00Z' });
    await terminal.shows(/❯ vm03 +▸ fired/);
    if (columns > 140) await terminal.shows('8 GiB on Local storage');
    const rest = terminal.raw.length;

    const vms = [...database.all('VM')].filter(([, { name_label }]) => /^vm\d+$/.test(String(name_label)));
    for (let round = 0; round < 5; round += 1)
      for (const [ref, { metrics }] of vms) {
        database.set('VM', ref, 'name_description', `round ${round}`);
        database.set('VM_metrics', String(metrics), 'memory_actual', round);
      }
    const [, last] = vms.map(([ref, { name_label }]) => [name_label, ref]).find(([name]) => name === 'vm04') ?? [];
    database.set('VM', String(last), 'name_label', 'vm04x');
    await terminal.shows('vm04x');
    expect(terminal.raw.slice(rest)).toMatch(/x/);
    expect(terminal.raw.length - rest).toBeLessThan(40);
  },
);
