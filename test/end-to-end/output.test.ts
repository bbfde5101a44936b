import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator, stateFolder } from '../harness.ts';
import { built } from './terminal.ts';

// What becomes of the output when its reader is slow, has read enough, or cannot take it.

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 300 });
});
afterEach(() => sim.stop());

/** A line for bash; `xenfai` in it is the built program. Gives its exit code and what it printed. */
async function bash(line: string): Promise<{ code: number; out: string; err: string }> {
  const program = `xenfai() { '${process.execPath}' '${built}' "$@"; }`;
  const child = spawn('bash', ['-o', 'pipefail', '-c', `${program}\n${line}`], {
    env: { ...process.env, XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_STATE_DIR: stateFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const [code] = await once(child, 'close');
  return { code: Number(code), out, err };
}

test('a slow reader gets the whole document', async () => {
  // The reader begins when the writer has long filled the pipe; a fast one proves nothing.
  const { code, out } = await bash('xenfai status --all --json | (sleep 2; cat)');
  expect(code).toBe(0);
  expect(JSON.parse(out).vms).toHaveLength(300);
});

test('whoever has read enough ends a watch quietly', async () => {
  const { code, out, err } = await bash('xenfai status --all --watch --json | head -1');
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toMatchObject({ ok: true });
});

test('an output that cannot be written is told, and is no success', async () => {
  expect(await bash('xenfai status --json > /dev/full')).toMatchObject({
    code: 2,
    err: expect.stringContaining('could not be told: Error: ENOSPC'),
  });
});
