import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../harness.ts';
import { built, Terminal } from './terminal.ts';

// A shell with job control stops the screen and lets it go on, as somebody at a terminal does.

let terminal: Terminal;
beforeEach(async () => {
  terminal = new Terminal(['-i'], { program: '/bin/sh', env: { ENV: '', PS1: 'shell> ' } });
  await terminal.shows('shell> ');
  terminal.press(`set -m; '${process.execPath}' '${built}' demo --vms 6`, 'enter');
  await terminal.shows('Which XenServer?');
  // Drawn it is before it listens: who answers keys listens to signals.
  terminal.press('?');
  await terminal.shows('Keys here');
  terminal.press('x');
  await terminal.shows('Which XenServer?');
});
afterEach(() => terminal.kill());

/** The screen's process: the one child of the shell. */
function program(): number {
  const { pid } = terminal.pty;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** What the shell's terminal is set to. */
async function settings(): Promise<string> {
  terminal.press('stty -a; echo so far', 'enter');
  await terminal.shows(/^so far/m);
  return terminal.text();
}

async function isStopped(pid: number): Promise<void> {
  await until(() => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
}

/** A line feed is the end of a line for a shell, however the terminal was left. */
async function goesOn(): Promise<void> {
  terminal.press('fg\n');
  await terminal.is('nothing but the screen', (text) => /^ xenfai/.test(text) && !/shell>|Stopped/.test(text));
  await terminal.shows('Which XenServer?');
  terminal.press('?');
  await terminal.shows('Keys here');
}

describe.each([
  ['Ctrl-Z', () => terminal.press('ctrl-z')],
  ['SIGTSTP', () => process.kill(program(), 'SIGTSTP')],
])('stopped by %s', (_, stop) => {
  const stops = async () => {
    const pid = program();
    stop();
    await isStopped(pid);
    // The shell has the terminal again; what is typed before that may come between its own lines.
    await terminal.is('the prompt', (text) => /Stopped/.test(text) && text.trimEnd().endsWith('shell>'));
  };

  test('the terminal is as it was; fg draws everything, and keys are heard', async () => {
    await stops();
    expect(terminal.buffer.type).toBe('normal');
    const set = await settings();
    expect(set).toMatch(/[^-]icanon/);
    expect(set).toMatch(/[^-]echo /);
    await goesOn();
    expect(terminal.buffer.type).toBe('alternate');
  });

  test('a terminal that grew meanwhile is filled', async () => {
    await stops();
    terminal.resize(100, 30);
    await goesOn();
    await terminal.is('keys on the last row', (text) => text.split('\n').at(-1)?.trim() !== '');
  });

  test('again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      await stops();
      await goesOn();
      terminal.press('x');
      await terminal.shows('Which XenServer?');
    }
  });
});

test('SIGSTOP, which nobody sees coming: fg draws everything, and keys are heard', async () => {
  const pid = program();
  process.kill(pid, 'SIGSTOP');
  await isStopped(pid);
  await terminal.shows('Stopped');
  terminal.resize(90, 26);
  await goesOn();
});

test('SIGCONT from outside, without a shell', async () => {
  const pid = program();
  process.kill(pid, 'SIGCONT');
  terminal.press('?');
  await terminal.shows('Keys here');
  expect(terminal.lines()[0]).toMatch(/^ xenfai/);
});
