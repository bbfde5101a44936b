import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { shell } from './shell.ts';

// What becomes of the output when its reader is slow, has read enough, or cannot take it.

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 300 });
});
afterEach(() => sim.stop());

test('a slow reader gets the whole document', async () => {
  // The reader begins when the writer has long filled the pipe; a fast one proves nothing.
  const { out, err } = await shell(sim, 'xenfai status --all --json | (sleep 2; cat)');
  expect(err).toBe('exit 0\n');
  expect(JSON.parse(out).vms).toHaveLength(300);
});

test('whoever has read enough ends a watch quietly', async () => {
  const { out, err } = await shell(sim, 'xenfai status --all --watch --json | head -1');
  // Another program may hold the port of FAI’s monitor, which is told.
  expect(err).toMatch(/^(xenfai: FAI's messages .*\n( .*\n)*)?exit 0\n$/);
  expect(JSON.parse(out)).toMatchObject({ ok: true });
});

test('an output that cannot be written is told, and is no success', async () => {
  const { err } = await shell(sim, 'xenfai status --json > /dev/full');
  expect(err).toMatch(/could not be told: no space left on device\.\nexit 2\n$/);
});
