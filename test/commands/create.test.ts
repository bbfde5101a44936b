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
    [['--disk', '900G'], 8],
  ])('%j: exit %i, and nothing is left of a failure', async (flags, code) => {
    await prepareTemplate(sim);
    const before = sim.world.database.all('VM').size;
    expect((await xenfai(sim, ['create', 'web', '--template', 'FAI', ...flags])).code).toBe(code);
    expect(sim.world.database.all('VM').size).toBe(before + (code === 0 ? 1 : 0));
  });
});

describe('what all of it comes to', () => {
  const fifteen = ['create', 'web[01-15]', '--template', 'FAI', '--disk', '100G'];
  const vms = () => sim.world.database.all('VM').size;
  const storage = () => [...sim.world.database.all('SR')].find(([, sr]) => sr['name_label'] === 'Local storage');
  beforeEach(() => prepareTemplate(sim));

  test('disks that do not fit are refused once, before the first VM is made', async () => {
    const before = vms();
    const ran = await xenfai(sim, [...fifteen, '--json']);
    expect(ran).toMatchObject({ code: 8, json: { ok: false, error: { code: 'no-space' }, vms: [] } });
    expect(ran.json.findings).toMatchObject([{ severity: 'error', code: 'no-space' }]);
    const { err } = await xenfai(sim, [...fifteen, '--yes']);
    expect(err.match(/Local storage has/g)).toHaveLength(1);
    expect(vms()).toBe(before);
  });

  test('--dry-run shows it above the steps, and ends as the work would', async () => {
    const fits = await xenfai(sim, ['create', 'web', '01', '--template', 'FAI', '--dry-run']);
    expect(fits.code).toBe(0);
    expect(fits.out).toMatch(/^create: 2 new VMs, 16 GiB on Local storage of \d+ GiB free, memory .*\ncreate web\n/);
    const full = await xenfai(sim, [...fifteen, '--dry-run', '--json']);
    expect(full).toMatchObject({ code: 8, json: { ok: false, dryRun: true, error: { code: 'no-space' } } });
    expect(full.json.vms).toHaveLength(15);
  });

  test('a storage that gives room as it is filled is only warned of, and so is memory', async () => {
    sim.world.database.set('SR', storage()?.[0] ?? '', 'type', 'ext');
    const line = ['create', 'web', '--template', 'FAI', '--disk', '900G'];
    const told = await xenfai(sim, [...line, '--dry-run', '--json']);
    expect(told).toMatchObject({ code: 0, json: { findings: [{ severity: 'warning', code: 'little-space' }] } });
    expect((await xenfai(sim, [...line, '--dry-run'])).out).toContain('once they are full');
    const much = ['create', 'web[1-9]', '--template', 'FAI', '--memory', '16G', '--dry-run', '--json'];
    expect((await xenfai(sim, much)).json.findings).toMatchObject([{ severity: 'warning', code: 'little-memory' }]);
  });

  test.each<[string, readonly string[], string, RegExp]>([
    ['several', ['web', '01'], 'Make 2 VMs: web, 01?', /^create: 2 new VMs, 16 GiB on Local storage of .* free/],
    ['one', ['web'], 'Make web?', /takes +1 new VM, 8 GiB on Local storage of/],
    ['many', ['web[1-9]'], 'Make 9 VMs: web1, web2, web3, web4, web5, web6 and 3 more?', /create: 9 new VMs/],
    [
      'one that has its name from somebody else',
      ['web', 'vm1'],
      'Make web?',
      /without vm1: There is a VM called "vm1"/,
    ],
  ])('on a terminal it is shown, and somebody is asked: %s', async (_, names, asked, shown) => {
    const before = vms();
    const questions: string[] = [];
    const ask = (answer: boolean) => (question: string) => {
      questions.push(question);
      return Promise.resolve(answer);
    };
    const line = ['create', ...names, '--template', 'FAI'];
    const no = await xenfai(sim, line, { interactive: true, ask: ask(false) });
    expect(no).toMatchObject({ code: 0, out: 'Nothing was changed.' });
    expect(questions).toEqual([asked]);
    expect(no.err).toMatch(shown);
    expect(vms()).toBe(before);
    await xenfai(sim, line, { interactive: true, ask: ask(true) });
    expect(vms()).toBeGreaterThan(before);
    await xenfai(sim, [...line, '--yes'], { interactive: true, ask: ask(false) });
    expect(questions).toHaveLength(2);
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
