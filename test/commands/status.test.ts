import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { heldClock, prepareTemplate, simulator, until, xenfai } from '../harness.ts';

let sim: Simulator;
let guests: ReturnType<typeof heldClock>;
beforeEach(async () => {
  guests = heldClock();
  sim = await simulator({ vms: 8, clock: guests });
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

  test('hostile names reach the terminal clean; JSON has them raw, and written harmlessly', async () => {
    const evil = 'vm\u009b31m\u202e\u001b[2J';
    const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
    sim.world.database.set('VM', ref, 'name_label', `${evil}ok`);
    expect((await xenfai(sim, ['status'])).out).not.toMatch(/[\u001b\u009b\u202e]/);
    const { out, json } = await xenfai(sim, ['status', '--json']);
    expect(out).not.toMatch(/[\u0080-\u009f\u202e]/);
    // An escape is no character of XML: the reader of replies leaves it out.
    expect(json.vms.at(-1).name).toBe('vm\u009b31m\u202e[2Jok');
  });
});

describe('status of a VM by its name', () => {
  test('has its disks, networks and memory, and the setting behind each word of missing', async () => {
    const vm = await status('vm4');
    expect(vm).toMatchObject({
      state: 'half-armed',
      missing: ['distro'],
      reasons: [{ missing: 'distro', setting: 'install-distro', value: null, wanted: 'debianlike' }],
      memory: 256 * 1024 ** 2,
      vcpus: 1,
      disks: [{ device: '0', bytes: 8 * 1024 ** 3, sr: 'Local storage' }],
      networks: [{ device: '0', mac: expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/) }],
    });
    const { out } = await xenfai(sim, ['status', 'vm4']);
    expect(out).toContain('  missing     install-distro is not set; it must be debianlike.');
    expect(out).toMatch(/ {2}disk 0 +8 GiB on Local storage/);
    expect(out).toMatch(/ {2}memory +256 MiB, 1 VCPU/);
    expect((await xenfai(sim, ['status', '--json'])).json.vms[0].disks).toBeUndefined();
  });

  test('the plan of its rearm says the same before anything is done', async () => {
    const { out } = await xenfai(sim, ['rearm', 'vm4', '--dry-run']);
    expect(out).toContain('missing distro: install-distro is not set; it must be debianlike.');
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
    expect((await xenfai(sim, ['status', '--orphans'])).out).toContain('xe vm-uninstall');
    // It is not whole: nobody must install it by mistake.
    expect((await xenfai(sim, ['start', 'web01 xenfai:0123abcd'])).code).toBe(8);
  });

  test('--orphans is of one moment', async () => {
    expect((await xenfai(sim, ['status', '--orphans', '--watch'])).code).toBe(2);
  });

  test('half-made VMs and templates and dead claims, each with the line that removes it', async () => {
    const rename = (from: string, to: string, template: boolean) => {
      const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === from) ?? [];
      sim.world.database.set('VM', ref, 'name_label', to);
      sim.world.database.set('VM', ref, 'is_a_template', template);
      return String(sim.world.database.get('VM', ref)['uuid']);
    };
    const vm = rename('vm1', 'a xenfai:0123abcd', false);
    const template = rename('vm2', "b'$(id) xenfai:0123abcd", true);
    const [pool = ''] = sim.world.database.all('pool').keys();
    const claim = (name: string, until: string) =>
      sim.world.database.setKey(
        'pool',
        pool,
        'other_config',
        `xenfai:claim:1:${name}`,
        JSON.stringify({ run: 'r', by: 'root@elsewhere', pid: 1, until }),
      );
    claim("c'$(id)", '2001-01-01T00:00:00.000Z');
    claim('alive', '2999-01-01T00:00:00.000Z');
    const { json } = await xenfai(sim, ['status', '--orphans', '--json']);
    const uuid = String(sim.world.database.get('pool', pool)['uuid']);
    expect(json.vms).toHaveLength(2);
    expect(json.orphans).toHaveLength(3);
    expect(json.orphans).toEqual(
      expect.arrayContaining([
        { kind: 'VM', name: 'a xenfai:0123abcd', uuid: vm, remove: `xe vm-uninstall uuid=${vm} force=true` },
        {
          kind: 'template',
          name: "b'$(id) xenfai:0123abcd",
          uuid: template,
          remove: `xe template-uninstall template-uuid=${template} force=true`,
        },
        {
          kind: 'claim',
          name: "c'$(id)",
          uuid: '',
          remove: `xe pool-param-remove uuid=${uuid} param-name=other-config param-key='xenfai:claim:1:c'\\''$(id)'`,
        },
      ]),
    );
    const { out } = await xenfai(sim, ['status', '--orphans']);
    for (const { remove } of json.orphans) expect(out).toContain(remove);
    expect(out).toContain('3 left behind');
    // No template that somebody could take for one.
    expect((await xenfai(sim, ['create', 'x', '--template', "b'$(id) xenfai:0123abcd"])).code).toBe(7);
  });

  test('a line for every change, none for what stays', async () => {
    const lines: string[] = [];
    const life = new AbortController();
    const watching = xenfai(sim, ['status', '--watch'], { signal: life.signal, out: (text) => lines.push(text) });
    await until(() => lines.length === 7);
    await xenfai(sim, ['start', 'vm1']);
    await until(() => lines.some((line) => /^\d\d:\d\d:\d\d vm1 {2}installing {2}running$/.test(line)));
    guests.release();
    expect(lines.filter((text) => text.includes(' vm2 '))).toHaveLength(1);
    // What it sees come up from its disk goes on record.
    await prepareTemplate(sim);
    await xenfai(sim, ['create', 'web', '--template', 'FAI', '--start']);
    await until(() => lines.some((line) => line.endsWith(' web  installed  running')));
    life.abort();
    expect((await watching).code).toBe(130);
  });
});

describe('status --watch --until', () => {
  test('ends with 0 when all named are in that state, and not before', async () => {
    const lines: string[] = [];
    const watching = xenfai(sim, ['status', 'vm1', 'vm2', '--watch', '--until', 'installed', '--json'], {
      out: (text) => lines.push(text),
    });
    await until(() => lines.length === 2);
    await xenfai(sim, ['start', 'vm1']);
    await until(() => lines.some((line) => JSON.parse(line).vms[0].state === 'installing'));
    guests.release();
    expect((await watching).code).toBe(0);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      ok: true,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      vms: [{ name: 'vm1', state: 'installed' }],
    });
  });

  test('at once where it is so already; of all that are shown without names', async () => {
    expect((await xenfai(sim, ['status', 'vm2', '--watch', '--until', 'installed'])).code).toBe(0);
    const life = new AbortController();
    let lines = 0;
    const out = () => {
      lines += 1;
      if (lines === 7) setTimeout(() => life.abort(), 200);
    };
    const shown = await xenfai(sim, ['status', '--watch', '--until', 'installed'], { out, signal: life.signal });
    expect(shown.code).toBe(130);
  });

  test('ends when a VM that was named is gone: it will never be', async () => {
    const lines: string[] = [];
    const watching = xenfai(sim, ['status', 'vm1', '--watch', '--until', 'installed'], {
      out: (text) => lines.push(text),
    });
    await until(() => lines.length === 1);
    const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
    sim.world.database.destroy('VM', ref);
    expect(await watching).toMatchObject({ code: 7, err: expect.stringContaining('"vm1" is gone') });
  });

  test('wrong use is exit 2', async () => {
    expect((await xenfai(sim, ['status', '--until', 'installed'])).err).toContain('--until goes with --watch');
    const unknown = await xenfai(sim, ['status', '--watch', '--until', 'done']);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('one of half-armed, armed') });
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

test('wrong usage is exit 2, help is not', async () => {
  expect((await xenfai(null, ['rearm'])).code).toBe(2);
  expect(await xenfai(null, ['dance'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('no command "dance"'),
  });
  expect((await xenfai(null, ['--help'])).code).toBe(0);
});
