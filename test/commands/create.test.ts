import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, lennyTemplate, prepareTemplate, simulator, xenfai } from '../harness.ts';

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 8 });
});
afterEach(() => sim.stop());

describe('create', () => {
  test('an unprepared template is refused', async () => {
    expect((await xenfai(sim, ['create', 'web', '--template', lennyTemplate])).code).toBe(8);
    expect((await xenfai(sim, ['create', 'web', '--template', 'Windows 7 (32-bit)'])).code).toBe(8);
    expect((await xenfai(sim, ['create', 'web'])).code).toBe(2);
  });

  test('makes armed VMs with disk, card, memory and VCPUs', async () => {
    await prepareTemplate(sim);
    const { code, json } = await xenfai(sim, [
      'create',
      'web[01-02]',
      '--template',
      'FAI',
      '--memory',
      '512M',
      '--vcpus',
      '2',
      '--disk',
      '10G',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(json.vms).toMatchObject([
      { name: 'web01', state: 'armed', changed: true, ok: true },
      { name: 'web02', state: 'armed' },
    ]);
    const vm = [...sim.world.database.all('VM').values()].find((one) => one['name_label'] === 'web01');
    expect(vm).toMatchObject({ memory_static_max: 512 * 1024 ** 2, VCPUs_max: 2, is_a_template: false });
    const vbd = sim.world.database.get('VBD', String((vm?.['VBDs'] as string[] | undefined)?.[0]));
    expect(sim.world.database.get('VDI', String(vbd['VDI']))['virtual_size']).toBe(10 * 1024 ** 3);
    const again = await xenfai(sim, ['create', 'web01', '--template', 'FAI', '--json']);
    expect(again.json.vms[0]).toMatchObject({ ok: true, changed: false });
    const taken = await xenfai(sim, ['create', 'vm1', 'web03', '--template', 'FAI', '--json']);
    expect(taken.code).toBe(9);
    expect(taken.json.vms.map((one: { ok: boolean }) => one.ok)).toEqual([false, true]);
    expect((await xenfai(sim, ['create', 'vm1', '--template', 'FAI'])).code).toBe(8);
  });

  test.each([
    [['--sr', 'nowhere'], 7],
    [['--network', 'nowhere'], 7],
    [['--memory', 'much'], 2],
    [['--sr', 'Local storage', '--network', 'xenbr1'], 0],
    [['--mac', 'zz'], 2],
    [['--memory', '1'], 2],
    [['--memory', '999G'], 2],
    [['--vcpus', '99'], 2],
    [['--vcpus', '0'], 2],
    [['--disk', '1M'], 2],
    [['--disk', '900G'], 10],
  ])('%j: exit %i, and nothing is left of a failure', async (flags, code) => {
    await prepareTemplate(sim);
    const before = sim.world.database.all('VM').size;
    expect((await xenfai(sim, ['create', 'web', '--template', 'FAI', ...flags])).code).toBe(code);
    expect(sim.world.database.all('VM').size).toBe(before + (code === 0 ? 1 : 0));
  });
});

test('with lose-pv-args create writes them again and reports it', async () => {
  const losing = await simulator({ quirks: ['lose-pv-args'] });
  await prepareTemplate(losing);
  const { json } = await xenfai(losing, ['create', 'web', '--template', 'FAI', '--json']);
  expect(json.vms[0]).toMatchObject({ state: 'armed', repaired: ['args'], pvArgs: goodArgs });
  await losing.stop();
});

describe('create --manifest', () => {
  const manifest = (value: unknown): string => {
    const file = join(mkdtempSync(join(tmpdir(), 'xenfai-')), 'manifest.json');
    writeFileSync(file, JSON.stringify(value));
    return file;
  };

  test('each machine as its entry says, the rest from the flags', async () => {
    await prepareTemplate(sim);
    const file = manifest([
      { name: 'a', mac: '00:16:3e:01:02:03', memory: '1G' },
      { name: 'b', vcpus: 2 },
    ]);
    const ran = await xenfai(sim, ['create', '--manifest', file, '--template', 'FAI', '--memory', '512M', '--json']);
    expect(ran).toMatchObject({ code: 0, json: { vms: [{ name: 'a' }, { name: 'b' }] } });
    const vm = (name: string) => [...sim.world.database.all('VM').values()].find((one) => one['name_label'] === name);
    expect(vm('a')).toMatchObject({ memory_static_max: 1024 ** 3, VCPUs_max: 1 });
    expect(vm('b')).toMatchObject({ memory_static_max: 512 * 1024 ** 2, VCPUs_max: 2 });
    expect([...sim.world.database.all('VIF').values()].some((card) => card['MAC'] === '00:16:3e:01:02:03')).toBe(
      true,
    );
  });

  test.each([[{ name: 'a' }], [[{ nme: 'a' }]], [[{ name: 'a', memory: 'much' }]]])(
    '%j is refused',
    async (value) => {
      expect((await xenfai(sim, ['create', '--manifest', manifest(value), '--template', 'FAI'])).code).toBe(2);
    },
  );
});

test('two clients, one name: one VM, and the loser ends as with any existing name', async () => {
  await prepareTemplate(sim);
  const create = () => xenfai(sim, ['create', 'web', '--template', 'FAI', '--json']);
  const ends = await Promise.all([create(), create(), create()]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ends.map(({ json }) => json.vms[0].changed).sort()).toEqual([false, false, true]);
  expect(new Set(ends.map(({ json }) => json.vms[0].uuid)).size).toBe(1);
  expect([...sim.world.database.all('VM').values()].filter((vm) => vm['name_label'] === 'web')).toHaveLength(1);
});

test.each(['a\u0001b', 'a xenfai:0123abcd', ' '])('%j is no name: exit 2', async (name) => {
  await prepareTemplate(sim);
  expect((await xenfai(sim, ['create', name, '--template', 'FAI'])).code).toBe(2);
});
