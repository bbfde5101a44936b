import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, lennyTemplate, pageArgs, simulator, xenfai } from '../harness.ts';

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 8 });
});
afterEach(() => sim.stop());

describe('templates', () => {
  test('those for FAI come first, the others say why not', async () => {
    const { json } = await xenfai(sim, ['templates', '--json']);
    expect(json.templates[0]).toMatchObject({
      name: lennyTemplate,
      netboot: true,
      vendor: true,
      release: 'lenny',
      arch: 'i386',
    });
    expect(json.templates.find((one: { name: string }) => one.name.startsWith('Windows')).reason).toContain('HVM');
    expect(json.templates.find((one: { name: string }) => one.name.startsWith('CentOS')).reason).toContain('rhlike');
  });

  test('show prints as xe does', async () => {
    const { out } = await xenfai(sim, ['template', 'show', lennyTemplate]);
    expect(out).toMatch(/^uuid \( RO\) {26}: [0-9a-f-]{36}\n/);
    expect(out).toContain('\n                       PV-args ( RW): -- quiet console=hvc0\n');
    expect(out).toContain('\n                 PV-bootloader ( RW): eliloader\n');
    expect(out).toMatch(/\n {18}other-config \(MRW\): mac_seed: .*install-distro: debianlike\n/);
  });

  test('a vendor template is never written to', async () => {
    const before = JSON.stringify([...sim.world.database.all('VM')]);
    const ran = await xenfai(sim, ['template', 'set', lennyTemplate, '--repository', sim.repository, '--json']);
    expect(ran.code).toBe(8);
    expect(ran.json.error).toMatchObject({
      code: 'vendor-template',
      try: [expect.stringContaining('template copy'), expect.any(String)],
    });
    expect(JSON.stringify([...sim.world.database.all('VM')])).toBe(before);
  });

  test('copy and set, read back; a second set writes nothing', async () => {
    const copied = await xenfai(sim, [
      'template',
      'copy',
      lennyTemplate,
      'Mine',
      '--comment',
      'FAI install',
      '--json',
    ]);
    expect(copied.json.template).toMatchObject({ name: 'Mine', vendor: false, netboot: true, changed: true });
    const set = ['template', 'set', 'Mine', '--repository', sim.repository, '--args', pageArgs, '--json'];
    expect((await xenfai(sim, set)).json.template).toMatchObject({
      changed: true,
      repository: sim.repository,
      args: pageArgs,
    });
    expect((await xenfai(sim, set)).json.template.changed).toBe(false);
  });

  test.each([
    ['--args', 'quiet;reboot', 2],
    ['--repository', 'https://repo/d', 2],
    ['--release', 'two words', 2],
  ])('%s %s is refused before anything is written', async (flag, value, code) => {
    await xenfai(sim, ['template', 'copy', lennyTemplate, 'Mine']);
    const base = flag === '--repository' ? [] : ['--repository', sim.repository];
    expect((await xenfai(sim, ['template', 'set', 'Mine', ...base, flag, value])).code).toBe(code);
    const shown = (await xenfai(sim, ['template', 'show', 'Mine', '--json'])).json.template;
    expect(shown).toMatchObject({ repository: '', args: '-- quiet console=hvc0', release: 'lenny' });
  });

  test('the same copy once more is there already; anything else of that name is refused', async () => {
    const copy = (source: string, ...more: string[]) =>
      xenfai(sim, ['template', 'copy', source, 'Mine', '--json', ...more]);
    const first = (await copy(lennyTemplate)).json.template;
    expect(await copy(lennyTemplate)).toMatchObject({
      code: 0,
      json: { template: { uuid: first.uuid, changed: false } },
    });
    const taken = { code: 8, json: { error: { code: 'name-taken' } } };
    expect(await copy(lennyTemplate, '--comment', 'another')).toMatchObject(taken);
    expect(await copy('CentOS 5.4 (32-bit)')).toMatchObject(taken);
  });

  test('a template may be set up in several goes', async () => {
    await xenfai(sim, ['template', 'copy', lennyTemplate, 'Mine']);
    for (const flags of [
      ['--release', 'squeeze'],
      ['--arch', 'amd64'],
      ['--args', goodArgs],
      ['--proxy', 'http://proxy:3128'],
    ]) {
      expect((await xenfai(sim, ['template', 'set', 'Mine', ...flags])).code).toBe(0);
    }
    expect((await xenfai(sim, ['template', 'set', 'Mine', '--proxy', 'foo'])).code).toBe(2);
  });

  test('--dry-run shows the steps and the xe lines and writes nothing', async () => {
    await xenfai(sim, ['template', 'copy', lennyTemplate, 'Mine']);
    const ran = await xenfai(sim, [
      'template',
      'set',
      'Mine',
      '--repository',
      sim.repository,
      '--args',
      goodArgs,
      '--dry-run',
      '--json',
    ]);
    expect(ran.json).toMatchObject({ ok: true, dryRun: true });
    expect(ran.json.plan[0]).toMatchObject({
      target: 'Mine',
      step: 'set install-repository',
      before: '',
      after: sim.repository,
    });
    expect(ran.json.plan[0].xe).toMatch(
      /^xe template-param-set uuid=[0-9a-f-]{36} other-config:install-repository=http:/,
    );
    expect((await xenfai(sim, ['template', 'show', 'Mine', '--json'])).json.template.repository).toBe('');
  });
});
