import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareTemplate, simulator } from '../harness.ts';
import { built, Terminal } from './terminal.ts';

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
    await terminal.shows('Which XenServer?');
    terminal.press('enter', 'enter', 'enter');
    await terminal.shows('Connected');
    terminal.press('enter');
    await terminal.shows(/❯ FAI +own, netboots lenny i386/);
    terminal.press('enter');
    await terminal.shows('as the template has it');
    terminal.press('pagedown');
    await terminal.shows('❯  Save to the template and verify');
    terminal.press('enter');
    await terminal.shows('Both files are what this host can boot.');
    terminal.press('enter');
    await terminal.shows('❯ Create new VMs');
    terminal.press('enter');
    await terminal.shows('Local storage');
    terminal.press('web[01-09]', 'pagedown', 'enter');
    await terminal.shows('Enter carries this out');
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
