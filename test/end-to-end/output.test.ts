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

/** A line for a shell; `xenfai` in it is the built program, which tells its exit code on stderr. */
async function shell(line: string): Promise<{ out: string; err: string }> {
  const program = `xenfai() { '${process.execPath}' '${built}' "$@"; echo "exit $?" >&2; }`;
  const child = spawn('/bin/sh', ['-c', `${program}\n${line}`], {
    env: { ...process.env, XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_STATE_DIR: stateFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  await once(child, 'close');
  return { out, err };
}

test('a slow reader gets the whole document', async () => {
  // The reader begins when the writer has long filled the pipe; a fast one proves nothing.
  const { out, err } = await shell('xenfai status --all --json | (sleep 2; cat)');
  expect(err).toBe('exit 0\n');
  expect(JSON.parse(out).vms).toHaveLength(300);
});

test('whoever has read enough ends a watch quietly', async () => {
  const { out, err } = await shell('xenfai status --all --watch --json | head -1');
  // Another program may hold the port of FAI’s monitor, which is told.
  expect(err).toMatch(/^(xenfai: FAI's messages .*\n( .*\n)*)?exit 0\n$/);
  expect(JSON.parse(out)).toMatchObject({ ok: true });
});

test('an output that cannot be written is told, and is no success', async () => {
  const { err } = await shell('xenfai status --json > /dev/full');
  expect(err).toMatch(/could not be told: Error: ENOSPC.*\nexit 2\n$/s);
});
