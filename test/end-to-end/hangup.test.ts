import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { prepareTemplate, simulator } from '../harness.ts';
import { built, Terminal } from './terminal.ts';
import { planFromTemplate } from './walk.ts';

let sim: Simulator;
let terminal: Terminal;
let before: number;

beforeEach(async () => {
  sim = await simulator();
  await prepareTemplate(sim);
  before = sim.world.database.all('VM').size;
});
afterEach(async () => {
  terminal.kill();
  await sim.stop();
});

/** While the disks of the second VM are being made. `before`: what stands before the program in a shell's line. */
async function meanwhile(happens: () => void | Promise<void>, before = 'exec'): Promise<void> {
  const env = {
    XENFAI_HOST: sim.host,
    XENFAI_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'xenfai-')),
  };
  const line = ['-c', `${before} "$0" "$1"`, process.execPath, built];
  terminal = new Terminal(line, { env, program: '/bin/sh' });
  await planFromTemplate(terminal, sim.password, 'web[01-09]');
  let made = 0;
  sim.world.intercept = async (method) => {
    if (method !== 'Async.VM.provision') return undefined;
    made += 1;
    if (made === 2) await happens();
    return undefined;
  };
  terminal.press('enter');
}

async function leavesNothing(): Promise<void> {
  expect((await terminal.exit).exitCode).toBe(129);
  const names = [...sim.world.database.all('VM').values()].map((vm) => String(vm['name_label']));
  expect(names.filter((name) => name.includes('xenfai:'))).toEqual([]);
  expect(sim.world.database.all('VM').size).toBe(before + names.filter((name) => name.startsWith('web')).length);
  expect(sim.world.sessions.size).toBe(0);
}

test('an ssh that drops while the screen makes VMs: what was begun is taken back before it leaves', async () => {
  await meanwhile(() => terminal.hangUp());
  await leavesNothing();
});

test('told of it once more while it takes back, when the screen is long gone', async () => {
  await meanwhile(async () => {
    process.kill(terminal.pty.pid, 'SIGHUP');
    await terminal.is('the normal screen', () => terminal.buffer.type === 'normal');
    process.kill(terminal.pty.pid, 'SIGHUP');
  });
  await leavesNothing();
});

test('an ssh that drops when it was stopped already: the taking back goes on to its end', async () => {
  await meanwhile(async () => {
    terminal.press('ctrl-c');
    await terminal.shows('Stopping');
    terminal.hangUp();
  });
  await leavesNothing();
});

test('a shell in between that keeps the hang-up to itself: the end of the terminal says the same', async () => {
  await meanwhile(() => terminal.hangUp(), 'trap : HUP;');
  await leavesNothing();
});
