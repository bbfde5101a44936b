import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator, xenfai } from '../harness.ts';
import { built, Terminal } from './terminal.ts';

// At 02:10 somebody sits at a terminal: what will be done is on it, and the question stays there.

let sim: Simulator;
let terminal: Terminal;
beforeEach(async () => {
  sim = await simulator({ vms: 4 });
});
afterEach(async () => {
  terminal?.kill();
  await sim.stop();
});

const at = (...line: string[]): Terminal =>
  new Terminal([built, ...line], {
    columns: 120,
    rows: 40,
    env: { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_CONFIG_DIR: '/nonexistent/xenfai' },
  });
const status = async (name: string) => (await xenfai(sim, ['status', name, '--json'])).json.vms[0];

describe('rearm', () => {
  test('shows the plan, then asks; no is the default', async () => {
    terminal = at('rearm', 'vm3');
    const text = await terminal.shows('Go on? [y/N]');
    expect(text).toContain('the next boot ERASES disk 0 (8 GiB) of vm3');
    expect(text).toContain('set PV-bootloader: pygrub -> eliloader');
    expect(text.indexOf('ERASES disk 0')).toBeLessThan(text.indexOf('[y/N]'));
    terminal.press('enter');
    expect((await terminal.exit).exitCode).toBe(0);
    expect(terminal.text()).toContain('Go on? [y/N]');
    expect(terminal.text()).toContain('Nothing was changed.');
    expect((await status('vm3')).state).toBe('fired');
  });

  test('y does it', async () => {
    terminal = at('rearm', 'vm3');
    await terminal.shows('Go on? [y/N]');
    terminal.press('y', 'enter');
    expect((await terminal.exit).exitCode).toBe(0);
    expect(await status('vm3')).toMatchObject({ state: 'armed', powerState: 'halted' });
  });

  test('of a running VM offers the shutdown in the same question', async () => {
    await xenfai(sim, ['start', 'vm2']);
    terminal = at('rearm', 'vm2');
    await terminal.shows('Running now, and shut down first: vm2.');
    await terminal.shows('[y/N]');
    terminal.press('y', 'enter');
    expect((await terminal.exit).exitCode).toBe(0);
    expect(await status('vm2')).toMatchObject({ state: 'armed', powerState: 'halted' });
  });

  test('a VM that somebody else has changed while the question stood is left alone', async () => {
    terminal = at('rearm', 'vm3', '--release', 'squeeze');
    await terminal.shows('Go on? [y/N]');
    await xenfai(sim, ['rearm', 'vm3', '--release', 'wheezy', '--yes']);
    terminal.press('y', 'enter');
    expect((await terminal.exit).exitCode).toBe(8);
    expect(terminal.text()).toContain('has changed since its plan was shown');
    const vm3 = [...sim.world.database.all('VM').values()].find((vm) => vm['name_label'] === 'vm3');
    expect(vm3?.['other_config']).toMatchObject({ 'debian-release': 'wheezy' });
  });
});

test('stop asks; Ctrl-C at the question changes nothing', async () => {
  await xenfai(sim, ['start', 'vm2']);
  terminal = at('stop', 'vm2');
  await terminal.shows('Stop vm2? [y/N]');
  terminal.press('ctrl-c');
  expect((await terminal.exit).exitCode).toBe(130);
  expect((await status('vm2')).powerState).toBe('running');
});
