import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { missing, startGuarded } from '../../source/transport/ssh/guarded.ts';
import { until } from '../harness.ts';

// What runs beside us hears no signal of the terminal, for what was begun may be taken back through it; and it never
// outlives us.

const guarded = resolve(import.meta.dirname, '../../source/transport/ssh/guarded.ts');
let group = 0;
afterEach(() => {
  if (isThere(group)) process.kill(-group, 'SIGKILL');
});

/** It runs; what has ended and was not taken note of yet does not. */
function isThere(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A process group as a terminal has one: a program of ours that stays, and what it has started: it says all again. */
async function begin() {
  const program = `
    import { startGuarded } from ${JSON.stringify(guarded)};
    for (const name of ['SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(name, () => {});
    const { input, output } = startGuarded('sh', ['-c', 'echo $$; while read -r line; do echo "$line"; done']);
    output.pipe(process.stdout);
    process.stdin.pipe(input);
  `;
  const args = ['--no-warnings', '--experimental-strip-types', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  group = child.pid ?? 0;
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return { child, lines, its: Number(line) };
}

test('Ctrl-C, Ctrl-\\ and a hang-up are for us alone; SIGKILL of us ends it', async () => {
  const { child, lines, its } = await begin();
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const) process.kill(-group, signal);
  child.stdin.write('still here\n');
  const said = once(lines, 'line').then(([line]) => line);
  expect(await Promise.race([said, once(lines, 'close').then(() => 'gone')])).toBe('still here');
  child.kill('SIGKILL');
  await until(() => !isThere(its));
});

test('its words are no text of a shell; a program that is not there is told', async () => {
  const one = startGuarded('printf', ['%s', `$(id) "'; exit 3`]);
  let heard = '';
  one.output.on('data', (bytes: Buffer) => {
    heard += bytes.toString();
  });
  one.input.end();
  expect([await one.ended, heard]).toEqual([0, `$(id) "'; exit 3`]);
  const none = startGuarded('no-such-program-anywhere', []);
  none.output.resume();
  none.errors.resume();
  expect(await none.ended).toBe(missing);
});
