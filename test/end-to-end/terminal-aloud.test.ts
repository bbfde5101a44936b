import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { prepareTemplate, simulator, xenfai } from '../harness.ts';
import { built, Terminal } from './terminal.ts';

// The program for whoever listens to it: the three uses in lines and numbered answers, on the normal screen.

let terminal: Terminal;
let sim: Simulator | null = null;
/** What was heard before this place is known. */
let mark = 0;
afterEach(async () => {
  terminal.kill();
  await sim?.stop();
  sim = null;
});

function begin(args: readonly string[], env: Readonly<Record<string, string>>): void {
  mark = 0;
  terminal = new Terminal([built, ...args], { columns: 200, rows: 50, env });
}

/** Waits until it was said, after all that was heard before. */
async function hears(wanted: string | RegExp): Promise<RegExpExecArray> {
  const pattern = typeof wanted === 'string' ? new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : wanted;
  await terminal.is(String(wanted), () => pattern.test(terminal.raw.slice(mark)));
  const found = pattern.exec(terminal.raw.slice(mark));
  if (found === null) throw new Error('unheard');
  mark += found.index + found[0].length;
  return found;
}

function answer(...lines: string[]): void {
  for (const line of lines) terminal.pty.write(`${line}\r`);
}

/** Answers with the number that stands before these words. */
async function choose(label: string): Promise<void> {
  const [, number = ''] = await hears(new RegExp(`\\n(?:\\r)?(\\d+|y)\\. ${label}\\r?\\n`));
  answer(number);
}

/** A row has another number when others go wrong: a filter leaves one. */
async function take(name: string): Promise<void> {
  answer('/');
  await hears('Text to look for');
  answer(name);
  await hears('A number from 1 to 1 takes that row');
  answer('1');
}

/** From the first question to a plan for a new VM, with what is suggested. */
async function toPlan(name: string): Promise<void> {
  await hears('address');
  answer('');
  await hears(/user[^:\n]*: root/);
  answer('');
  await hears(/password[^:\n]*: given, not shown/);
  answer('');
  await hears('Connected');
  await choose('go on');
  await hears('1. Debian Lenny 5.0 (32-bit)');
  await hears('takes that row');
  answer('1');
  await choose('copy and use');
  await hears('name, required: ');
  answer(':end');
  await hears('comment: ');
  answer('');
  await hears('Here: Configure.');
  await hears(/repository[^:\n]*: http/);
  answer(':end');
  await choose('Save to the template and verify');
  await hears('Both files are what this host can boot.');
  await choose('go on');
  await choose('Create new VMs from this template');
  await hears('names, required: ');
  answer(name);
  await choose('Show the plan');
}

test('first time: from the first question to an installed VM, then its details, rearmed and started again', async () => {
  begin(['demo', '--speed', '400'], { ACCESSIBLE: '1' });
  await hears('every question has numbered answers');
  await toPlan('web01');
  await hears('xe vm-param-set');
  await choose('do it');
  await hears(/now: web01 \d+\/\d+ /);
  await hears(/done: web01 armed/);
  await choose('start');
  await hears('xe vm-start');
  await choose('do it');
  await hears(/done: web01 installing, running/);
  await choose('go on');
  await hears('Here: Fleet.');
  // The install is told line by line as it goes on.
  await hears(/web01, state installing.*task \d+%/);
  await hears(/web01, state installed/);
  await take('web01');
  await choose('rearm');
  await hears(/ERASES disk 0 .* of web01/);
  // What erases has no number, and an empty line does nothing.
  answer('');
  await hears('y. yes, do it');
  expect(terminal.raw.slice(terminal.raw.lastIndexOf('ERASES'))).not.toMatch(/\d+\. (?:yes, )?do it/);
  answer('y');
  await hears(/done: web01 armed/);
  answer(':quit');
  expect((await terminal.exit).exitCode).toBe(130);
  await terminal.shows('rearm web01: armed');
  // Nothing is drawn: no other screen, no colour, no cursor that jumps over rows.
  expect(terminal.raw).not.toMatch(/\u001b\[(?:\?1049|[0-9;]*[HABm]|2J)/);
});

describe('it is read out', () => {
  test.each([
    ['--screen-reader', ['demo', '--screen-reader'], {}],
    ['INK_SCREEN_READER', ['demo'], { INK_SCREEN_READER: 'true' }],
    ['TERM=dumb', ['demo'], { TERM: 'dumb' }],
  ])('with %s', async (_, args, env) => {
    begin(args, env as Record<string, string>);
    await hears('every question has numbered answers');
    await hears('address');
    answer(':help');
    await hears('Keys here');
    answer(':quit');
    await terminal.exit;
    expect(terminal.raw).not.toContain('\u001b[?1049h');
  });

  test('a password is not echoed, and a wrong one is asked for again', async () => {
    sim = await simulator({ vms: 3 });
    begin([], {
      ACCESSIBLE: 'yes',
      XENFAI_HOST: sim.host,
      XENFAI_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'xenfai-')),
    });
    await hears(/password[^:\n]*: empty/);
    answer('not this one');
    await hears('refused the login');
    await hears(/password[^:\n]*: empty/);
    answer(sim.password);
    await hears('Connected');
    await choose('fleet');
    // Every VM with its state, and what can be done with the one that is chosen.
    await hears(/vm1, state armed/);
    await hears('takes that row');
    answer('2');
    await hears(/\d+\. start\r?\n/);
    expect(terminal.raw).not.toContain('not this one');
    expect(terminal.raw).not.toContain(sim.password);
    terminal.press('ctrl-c');
    expect((await terminal.exit).exitCode).toBe(130);
  });

  test('the details of a VM, and a running one is stopped by numbers and a yes', async () => {
    sim = await simulator({ vms: 8 });
    await prepareTemplate(sim);
    expect((await xenfai(sim, ['create', 'web01', '--template', 'FAI', '--start'])).code).toBe(0);
    begin(['--host', sim.host], {
      ACCESSIBLE: 'yes',
      XENFAI_PASSWORD: sim.password,
      XENFAI_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'xenfai-')),
    });
    await hears('Here: Fleet.');
    // It runs from its disk by now, and does what its host asks for.
    await hears(/web01, state installed/);
    await take('web01');
    await choose('details');
    const [, stop = ''] = await hears(/\n(?:\r)?(\d+)\. stop\r?\n/);
    // They are read when somebody asks for them, and told when they come.
    await hears(/disk 0 +8 GiB on Local storage/);
    await hears(/network 0 +[0-9a-f:]{17} on Pool-wide network/);
    answer(stop);
    await hears('Plan: shut down web01');
    // A number is no yes: what changes a VM that exists is said in so many letters.
    await hears('y. yes, do it');
    answer('y');
    await hears(/done: web01 .*halted/);
    await choose('go on');
    const status = await xenfai(sim, ['status', 'web01', '--json']);
    expect(status.json.vms[0].powerState).toBe('halted');
    answer(':quit');
    await terminal.exit;
  });

  test('the end of the input is the end', async () => {
    begin(['demo'], { ACCESSIBLE: '1' });
    await hears('address');
    terminal.pty.write('\u0004');
    expect((await terminal.exit).exitCode).toBe(0);
  });
});
