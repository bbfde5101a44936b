import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
  if (isThere(-group)) process.kill(-group, 'SIGKILL');
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A process group as a terminal has one: a program of ours that stays, and what it has started. */
async function begin(): Promise<{ readonly ours: number; readonly its: number }> {
  const program = `
    import { startGuarded } from ${JSON.stringify(guarded)};
    for (const name of ['SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(name, () => {});
    startGuarded('sh', ['-c', 'echo $$; exec sleep 1000']).output.pipe(process.stdout);
  `;
  const args = ['--no-warnings', '--experimental-strip-types', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  group = child.pid ?? 0;
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { ours: group, its: Number(line) };
}

test('Ctrl-C, Ctrl-\\ and a hang-up are for us alone; SIGKILL of us ends it', async () => {
  const { ours, its } = await begin();
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const) process.kill(-ours, signal);
  // A second program, begun and ended meanwhile: whatever the signals did has been done.
  expect(await startGuarded('sh', ['-c', 'exit 7']).ended).toBe(7);
  expect([isThere(ours), isThere(its)]).toEqual([true, true]);
  process.kill(ours, 'SIGKILL');
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
