import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareTemplate, simulator } from '../harness.ts';
import { built, Terminal } from './terminal.ts';
import { connect, planNew, save } from './walk.ts';

test('an ssh that drops while the screen makes VMs: what was begun is taken back before it leaves', async () => {
  const sim = await simulator();
  await prepareTemplate(sim);
  const before = sim.world.database.all('VM').size;
  const env = {
    XENFAI_HOST: sim.host,
    XENFAI_PASSWORD: sim.password,
    XENFAI_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'xenfai-')),
  };
  const terminal = new Terminal([built], { env });
  try {
    await connect(terminal);
    terminal.press('enter');
    await terminal.shows(/❯ FAI +Enter uses it: lenny i386, yours/);
    terminal.press('enter');
    await terminal.shows('as the template has it');
    await save(terminal);
    await planNew(terminal, 'web[01-09]');
    let made = 0;
    sim.world.intercept = (method) => {
      if (method !== 'Async.VM.provision') return undefined;
      made += 1;
      if (made === 2) process.kill(terminal.pty.pid, 'SIGHUP');
      return undefined;
    };
    terminal.press('enter');
    expect((await terminal.exit).exitCode).toBe(129);
    const names = [...sim.world.database.all('VM').values()].map((vm) => String(vm['name_label']));
    expect(names.filter((name) => name.includes('xenfai:'))).toEqual([]);
    expect(sim.world.database.all('VM').size).toBe(before + names.filter((name) => name.startsWith('web')).length);
    expect(sim.world.sessions.size).toBe(0);
  } finally {
    terminal.kill();
    await sim.stop();
  }
});
