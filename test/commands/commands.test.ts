import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, lennyTemplate, pageArgs, prepareTemplate, simulator, until, xenfai } from '../harness.ts';

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 8 });
});
afterEach(() => sim.stop());

const status = async (name: string) => (await xenfai(sim, ['status', name, '--json'])).json.vms[0];

describe('status', () => {
  test('shows what has to do with an install, and with --all the rest', async () => {
    const { code, json } = await xenfai(sim, ['status', '--json']);
    expect(code).toBe(0);
    const states = Object.fromEntries(json.vms.map((vm: { name: string; state: string }) => [vm.name, vm.state]));
    expect(states).toEqual({
      vm1: 'armed',
      vm2: 'installed',
      vm3: 'fired',
      vm4: 'half-armed',
      vm6: 'half-armed',
      vm7: 'armed',
      vm8: 'installed',
    });
    expect((await xenfai(sim, ['status', '--all', '--json'])).json.vms).toHaveLength(8);
  });

  test('a VM is named by name or UUID; unknown and ambiguous names are exit 7', async () => {
    const vm = await status('vm1');
    expect((await xenfai(sim, ['status', vm.uuid, '--json'])).json.vms[0].name).toBe('vm1');
    expect((await xenfai(sim, ['status', 'nobody'])).code).toBe(7);
    for (const [ref, record] of sim.world.database.all('VM')) {
      if (record['name_label'] === 'vm2') sim.world.database.set('VM', ref, 'name_label', 'vm1');
    }
    const twice = await xenfai(sim, ['status', 'vm1', '--json']);
    expect(twice.code).toBe(7);
    expect(twice.json.error.try).toContain(vm.uuid);
  });

  test('hostile names reach the terminal clean and JSON raw', async () => {
    const evil = 'vm\u009b31m\u202e\u001b[2J';
    const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
    sim.world.database.set('VM', ref, 'name_label', `${evil}ok`);
    expect((await xenfai(sim, ['status'])).out).not.toMatch(/[\u001b\u009b\u202e]/);
    expect((await xenfai(sim, ['status', '--json'])).out).toContain('vm\u009b31m\u202e\ufffd[2Jok');
  });
});

describe('status --orphans and --watch', () => {
  test('what a kill left behind is found by its name', async () => {
    expect((await xenfai(sim, ['status', '--orphans', '--json'])).json.vms).toEqual([]);
    const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
    sim.world.database.set('VM', ref, 'name_label', 'web01 xenfai:0123abcd');
    expect((await xenfai(sim, ['status', '--orphans', '--json'])).json.vms).toMatchObject([
      { name: 'web01 xenfai:0123abcd' },
    ]);
  });

  test('a line for every change, none for what stays', async () => {
    const lines: string[] = [];
    const life = new AbortController();
    const watching = xenfai(sim, ['status', '--watch'], { signal: life.signal, out: (text) => lines.push(text) });
    await until(() => lines.length === 7);
    await xenfai(sim, ['start', 'vm1']);
    await until(() => lines.includes('vm1  fired  running'));
    expect(lines.filter((text) => text.startsWith('vm2'))).toHaveLength(1);
    life.abort();
    expect((await watching).code).toBe(130);
  });
});

describe('connecting', () => {
  test.each([
    [{ XENFAI_PASSWORD: 'wrong' }, [], 4, 'login-refused'],
    [{ XENFAI_HOST: 'http://127.0.0.1:1' }, [], 3, 'unreachable'],
    [{ XENFAI_HOST: 'ftp://x' }, [], 2, 'bad-address'],
    [{ XENFAI_PASSWORD: undefined }, [], 2, 'no-password'],
    [{}, ['--timeout', 'soon'], 2, 'usage'],
    [{}, ['--profile', 'nobody'], 2, 'no-such-profile'],
    [{}, ['--password-file', '/nonexistent'], 2, 'password-file'],
    [{}, ['--password-command', 'exit 1'], 2, 'password-command'],
  ])('%j %j: exit %i', async (env, args, code, word) => {
    const directory = mkdtempSync(join(tmpdir(), 'xenfai-'));
    const ran = await xenfai(sim, ['status', '--json', ...args], {
      env: { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_CONFIG_DIR: directory, ...env },
    });
    expect({ code: ran.code, word: ran.json.error.code }).toEqual({ code, word });
    expect(ran.out + ran.err).not.toContain(sim.password);
  });

  test('a password from a file, from a command', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'xenfai-')), 'password');
    writeFileSync(file, `${sim.password}\n`);
    const env = { XENFAI_HOST: sim.host, XENFAI_PASSWORD: undefined };
    expect((await xenfai(null, ['status', '--password-file', file], { env })).code).toBe(0);
    expect((await xenfai(null, ['status', '--password-command', `cat ${file}`], { env })).code).toBe(0);
  });

  test('a web server that is no XenServer', async () => {
    const env = { XENFAI_HOST: new URL(sim.repository).origin, XENFAI_PASSWORD: 'x' };
    expect((await xenfai(null, ['status', '--json'], { env })).json.error.code).toBe('not-a-xenserver');
  });
});

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

  test('two of one name are refused', async () => {
    await xenfai(sim, ['template', 'copy', lennyTemplate, 'Mine']);
    const again = await xenfai(sim, ['template', 'copy', lennyTemplate, 'Mine', '--json']);
    expect(again).toMatchObject({ code: 8, json: { error: { code: 'name-taken' } } });
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

describe('rearm', () => {
  test('sets all that is missing; a second one writes nothing', async () => {
    const first = await xenfai(sim, ['rearm', 'vm3', '--yes', '--json']);
    expect(first.json.vms[0]).toMatchObject({
      state: 'armed',
      changed: true,
      before: { state: 'fired' },
      after: { state: 'armed' },
    });
    const writes: string[] = [];
    sim.world.intercept = (method) => {
      if (!/get_|login|logout/.test(method)) writes.push(method);
      return undefined;
    };
    const second = await xenfai(sim, ['rearm', 'vm3', '--yes', '--json']);
    expect(second.json.vms[0]).toMatchObject({ state: 'armed', changed: false });
    expect(writes).toEqual([]);
  });

  test('needs --yes without a terminal, refuses HVM and running VMs', async () => {
    const bare = await xenfai(sim, ['rearm', 'vm3', '--json']);
    expect(bare.code).toBe(2);
    expect(bare.json.error.try[0]).toContain('--yes');
    expect((await xenfai(sim, ['rearm', 'win5', '--yes', '--json'])).json.error.code).toBe('is-hvm');
    await xenfai(sim, ['start', 'vm1']);
    const running = await xenfai(sim, ['rearm', 'vm1', '--yes', '--json']);
    expect(running).toMatchObject({ code: 8, json: { error: { code: 'is-running' } } });
    const forced = await xenfai(sim, ['rearm', 'vm1', '--yes', '--force', '--json']);
    expect(forced.json.vms[0]).toMatchObject({ state: 'armed', powerState: 'halted' });
  });

  test('takes what is missing from flag, VM, mark, template, in that order', async () => {
    await prepareTemplate(sim);
    const nothing = await xenfai(sim, ['rearm', 'vm6', '--yes', '--json']);
    expect(nothing).toMatchObject({
      code: 2,
      json: { error: { code: 'no-repository', try: [expect.stringContaining('--repository')] } },
    });
    const plan = (
      await xenfai(sim, ['rearm', 'vm6', '--template', 'FAI', '--release', 'squeeze', '--dry-run', '--json'])
    ).json.plan;
    const steps = Object.fromEntries(plan.map((step: { step: string; after: string }) => [step.step, step.after]));
    expect(steps).toMatchObject({
      'set install-repository': sim.repository,
      'set debian-release': 'squeeze',
      'set PV-args': goodArgs,
    });
    await xenfai(sim, ['rearm', 'vm3', '--yes', '--args', `${goodArgs} mine=1`]);
    for (const [ref, vm] of sim.world.database.all('VM')) {
      if (vm['name_label'] === 'vm3') sim.world.database.set('VM', ref, 'PV_args', '');
    }
    await xenfai(sim, ['rearm', 'vm3', '--yes', '--template', 'FAI']);
    expect((await status('vm3')).pvArgs).toContain('mine=1');
  });

  test('--read-only changes nothing', async () => {
    expect((await xenfai(sim, ['rearm', 'vm3', '--yes', '--read-only'])).code).toBe(8);
    expect((await status('vm3')).state).toBe('fired');
  });
});

test('rearm --snapshot keeps the disks as they were; a failure takes the snapshot back', async () => {
  const disks = () => sim.world.database.all('VDI').size;
  const before = disks();
  expect((await xenfai(sim, ['rearm', 'vm3', '--yes', '--snapshot'])).code).toBe(0);
  expect(disks()).toBe(before + 1);
  const taken = [...sim.world.database.all('VM').values()].find((vm) => vm['is_a_snapshot'] === true);
  expect(taken).toMatchObject({ name_label: 'vm3 before rearm' });
  expect((await xenfai(sim, ['rearm', 'vm9', '--yes', '--snapshot'])).code).toBe(7);
  await xenfai(sim, ['start', 'vm1']);
  await xenfai(sim, ['stop', 'vm1', '--force', '--yes']);
  sim.world.intercept = (method) => (method === 'VM.set_PV_bootloader' ? 'lose' : undefined);
  expect((await xenfai(sim, ['rearm', 'vm1', '--yes', '--snapshot'])).code).toBe(3);
  sim.world.intercept = null;
  expect(disks()).toBe(before + 1);
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

describe('repair', () => {
  test('a VM whose client lost the kernel line gets it from the template', async () => {
    await prepareTemplate(sim);
    const { json } = await xenfai(sim, ['repair', 'vm6', '--template', 'FAI', '--yes', '--json']);
    expect(json.vms[0]).toMatchObject({ state: 'armed', pvArgs: goodArgs, missing: [] });
  });
});

describe('start and stop', () => {
  test('an armed VM starts when its repository is good; the attempt is used', async () => {
    const ran = await xenfai(sim, ['start', 'vm1', '--json']);
    expect(ran.json.vms[0]).toMatchObject({ ok: true, state: 'fired', powerState: 'running', attemptUsed: true });
    expect((await xenfai(sim, ['start', 'vm1', '--json'])).json.vms[0].changed).toBe(false);
    expect((await xenfai(sim, ['stop', 'vm1', '--yes', '--force', '--json'])).json.vms[0]).toMatchObject({
      powerState: 'halted',
      changed: true,
    });
  });

  test('a bad repository is exit 6 and no start; --force burns it', async () => {
    await xenfai(sim, ['rearm', 'vm3', '--yes', '--release', 'nowhere']);
    const refused = await xenfai(sim, ['start', 'vm3', '--json']);
    expect(refused.code).toBe(6);
    expect(refused.json.vms[0]).toMatchObject({ state: 'armed', powerState: 'halted', attemptUsed: false });
    expect(refused.json.error.url).toContain('/dists/nowhere/');
    const forced = await xenfai(sim, ['start', 'vm3', '--force', '--json']);
    expect(forced.code).toBe(10);
    expect(forced.json.vms[0]).toMatchObject({ attemptUsed: false, error: { code: 'bootloader-file-missing' } });
  });

  test('a half-armed VM is not started into nothing: exit 6 names what is missing', async () => {
    const check = await xenfai(sim, ['check', '--vm', 'vm4', '--json']);
    expect(check).toMatchObject({ code: 6, json: { findings: [{ code: 'missing-distro', severity: 'error' }] } });
    const started = await xenfai(sim, ['start', 'vm4', '--json']);
    expect(started).toMatchObject({ code: 6, json: { vms: [{ powerState: 'halted', attemptUsed: false }] } });
    expect((await xenfai(sim, ['check', '--vm', 'win5', '--json'])).code).toBe(6);
  });

  test('rearm --start looks at the files before it writes anything', async () => {
    const before = JSON.stringify([...sim.world.database.all('VM')]);
    const ran = await xenfai(sim, ['rearm', 'vm3', '--yes', '--release', 'nowhere', '--start', '--json']);
    expect(ran).toMatchObject({ code: 6, json: { vms: [{ state: 'fired', changed: false }] } });
    expect(JSON.stringify([...sim.world.database.all('VM')])).toBe(before);
    await prepareTemplate(sim);
    await xenfai(sim, ['template', 'set', 'FAI', '--release', 'nowhere']);
    expect((await xenfai(sim, ['create', 'web', '--template', 'FAI', '--start'])).code).toBe(6);
    expect((await xenfai(sim, ['status', 'web'])).code).toBe(7);
  });

  test('an install by good words ends installed, and is known after the next boot from disk', async () => {
    await prepareTemplate(sim);
    await xenfai(sim, ['create', 'web', '--template', 'FAI', '--start']);
    await until(
      () =>
        [...sim.world.domains.keys()].length > 0 &&
        [...sim.world.disks.values()].filter((disk) => disk.system !== null).length > 2,
    );
    await xenfai(sim, ['stop', 'web', '--yes', '--force']);
    const started = await xenfai(sim, ['start', 'web', '--json']);
    expect(started.json.vms[0].ok).toBe(true);
    expect((await status('web')).state).toBe('installed');
  });
});

describe('check', () => {
  test('without a host: files with URL, status and size', async () => {
    const { code, json } = await xenfai(null, [
      'check',
      '--repository',
      sim.repository,
      '--release',
      'lenny',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(json.files).toMatchObject([
      { name: 'vmlinuz', ok: true, status: 200, detail: expect.stringContaining('Xen PV, 32-bit PAE') },
      { name: 'initrd.gz', ok: true, status: 200, detail: 'gzip' },
    ]);
  });

  test.each([
    [['--release', 'nowhere'], 6, 'not-found'],
    [[], 2, 'usage'],
    [['--release', 'lenny', '--for', '4.1'], 2, 'usage'],
  ])('%j: exit %i', async (flags, code, word) => {
    const ran = await xenfai(null, ['check', '--repository', sim.repository, ...flags, '--json']);
    expect(ran.code).toBe(code);
    expect(JSON.stringify(ran.json)).toContain(word);
  });

  test('of a template and of a VM', async () => {
    await prepareTemplate(sim);
    expect((await xenfai(sim, ['check', '--template', 'FAI'])).code).toBe(0);
    expect((await xenfai(sim, ['check', '--vm', 'vm1'])).code).toBe(0);
    expect((await xenfai(sim, ['check', '--vm', 'vm6'])).code).toBe(6);
  });
});

test('wrong usage is exit 2, help is not', async () => {
  expect((await xenfai(null, ['rearm'])).code).toBe(2);
  expect(await xenfai(null, ['dance'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('no command "dance"'),
  });
  expect((await xenfai(null, ['--help'])).code).toBe(0);
});
