import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
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

describe('start and stop', () => {
  test('an armed VM starts when its repository is good; the attempt is used', async () => {
    const ran = await xenfai(sim, ['start', 'vm1', '--json']);
    expect(ran.json.vms[0]).toMatchObject({
      ok: true,
      state: 'installing',
      powerState: 'running',
      attemptUsed: true,
    });
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
    // The line that puts them there is for this release and architecture.
    expect((await xenfai(sim, ['start', 'vm3'])).err).toMatch(/xenfai stage .* --release nowhere --arch i386/);
    const forced = await xenfai(sim, ['start', 'vm3', '--force', '--json']);
    expect(forced.code).toBe(10);
    expect(forced.json.vms[0]).toMatchObject({ attemptUsed: false, error: { code: 'bootloader-file-missing' } });
    expect(JSON.stringify(forced.json.vms[0].error.try)).toContain('xenfai check --vm vm3');
  });

  test('a half-armed VM is not started into nothing: exit 6 names what is missing', async () => {
    const check = await xenfai(sim, ['check', '--vm', 'vm4', '--json']);
    expect(check.code).toBe(6);
    const errors = check.json.findings.filter((finding: { severity: string }) => finding.severity === 'error');
    expect(errors).toMatchObject([{ code: 'missing-distro' }]);
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
    guests.release();
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
      { name: 'initrd.gz', ok: true, status: 200, detail: 'gzip, live-boot, modules of 2.6.32-4-686-bigmem' },
    ]);
  });

  test.each([
    [['--release', 'nowhere'], 6, 'not-found'],
    [[], 2, 'usage'],
    [['--release', 'lenny', '--for', '4.1'], 2, 'usage'],
    [['--release', 'lenny', '--for', '8.2'], 0, 'vmlinuz'],
    [['--release', 'lenny', '--for', '8.3'], 6, 'no-loader'],
    [['--release', 'lenny', '--proxy', 'proxy:1', '--for', '6.2'], 6, 'TypeError'],
  ])('%j: exit %i', async (flags, code, word) => {
    const ran = await xenfai(null, ['check', '--repository', sim.repository, ...flags, '--json']);
    expect(ran.code).toBe(code);
    expect(JSON.stringify(ran.json)).toContain(word);
  });

  test('an architecture that no PV guest has, on a VM, is an error', async () => {
    const [ref] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [''];
    sim.world.database.setKey('VM', ref, 'other_config', 'install-arch', 'sparc');
    const ran = await xenfai(sim, ['check', '--vm', 'vm1', '--json']);
    expect(ran).toMatchObject({ code: 6, json: { error: { message: expect.stringContaining('"sparc"') } } });
    expect(ran.json.findings).toContainEqual(expect.objectContaining({ severity: 'error', code: 'arch-unusual' }));
  });

  test('of a template and of a VM', async () => {
    await prepareTemplate(sim);
    expect((await xenfai(sim, ['check', '--template', 'FAI'])).code).toBe(0);
    expect((await xenfai(sim, ['check', '--vm', 'vm1'])).code).toBe(0);
    expect((await xenfai(sim, ['check', '--vm', 'vm6'])).code).toBe(6);
  });

  test('words that come onto the line from elsewhere are told, and judged with it', async () => {
    const vm = String([...sim.world.database.all('VM')].find(([, record]) => record['name_label'] === 'vm1')?.[0]);
    const found = async () => {
      const { code, json } = await xenfai(sim, ['check', '--vm', 'vm1', '--json']);
      return { code, codes: json.findings.map((finding: { code: string }) => finding.code) };
    };
    sim.world.database.setKey('VM', vm, 'other_config', 'install-vncpasswd', 'pw');
    expect(await found()).toMatchObject({ code: 0, codes: expect.arrayContaining(['install-vnc']) });
    sim.world.database.set('VM', vm, 'PV_legacy_args', 'x;id');
    expect(await found()).toMatchObject({
      code: 6,
      codes: expect.arrayContaining(['legacy-args', 'args-characters']),
    });
    sim.world.database.set('VM', vm, 'PV_legacy_args', '');
    sim.world.database.set('VM', vm, 'PV_bootloader_args', '--kernel x');
    expect(await found()).toMatchObject({ code: 6, codes: expect.arrayContaining(['missing-loader-args']) });
  });

  test('--timeout ends the whole check, and says so', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/debian`;
    try {
      const args = ['check', '--repository', url, '--release', 'lenny', '--timeout', '0.5', '--json'];
      const ran = await xenfai(null, args);
      expect(ran.code).toBe(6);
      expect(ran.json).toMatchObject({ ok: false, findings: [{ severity: 'error', code: 'check-overdue' }] });
      expect(ran.json.error.message).toBe(
        `${url} had not answered everything after 0.5 s, when the check was ended.`,
      );
      const other = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1')?.[0] ?? '';
      sim.world.database.setKey('VM', other, 'other_config', 'install-repository', url);
      const named = await xenfai(sim, ['check', '--vm', 'vm1', '--timeout', '2', '--json']);
      expect(named.json.findings).toContainEqual(expect.objectContaining({ code: 'check-overdue' }));
    } finally {
      silent.close();
    }
  });
});
