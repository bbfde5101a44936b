import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, simulator, xenfai } from '../harness.ts';

const lenny = ['--release', 'lenny', '--arch', 'i386'];

/** Runs with a host of this release. */
async function on(release: string, run: (sim: Simulator) => Promise<void>): Promise<void> {
  const sim = await simulator({ release });
  try {
    await run(sim);
  } finally {
    await sim.stop();
  }
}

type Step = { readonly step: string; readonly before: string; readonly after: string };
const changes = (plan: readonly Step[]): Record<string, string> =>
  Object.fromEntries(
    plan
      .filter(({ step }) => /^(set|remove) /.test(step))
      .map(({ step, before, after }) => [step, `${before} -> ${after}`]),
  );

describe('a template for a Debian that the host does not bring is made of', () => {
  test.each([['6.1'], ['6.5'], ['7.6'], ['8.0']])('one for another Debian, on %s', (release) =>
    on(release, async (sim) => {
      const [base] = (await xenfai(sim, ['templates', '--json'])).json.templates;
      expect(base).toMatchObject({ vendor: true, netboot: true, base: 'debianlike' });
      const dry = await xenfai(sim, ['template', 'copy', base.uuid, 'FAI', ...lenny, '--json', '--dry-run']);
      expect(changes(dry.json.plan)['set debian-release']).toBe(`${base.release} -> lenny`);
      await install(sim, base.uuid, lenny);
    }),
  );

  test.each([['8.1'], ['8.2']])('any PV template, on %s', (release) =>
    on(release, async (sim) => {
      const dry = await xenfai(sim, [
        'template',
        'copy',
        'CentOS 6 (32-bit)',
        'FAI',
        ...lenny,
        '--json',
        '--dry-run',
      ]);
      expect(changes(dry.json.plan)).toMatchObject({
        'set install-distro': 'rhlike -> debianlike',
        'set debian-release': ' -> lenny',
        'set install-arch': ' -> i386',
        'set PV-args': 'graphical utf8 -> -- quiet console=hvc0',
      });
      await install(sim, 'CentOS 6 (32-bit)', lenny);
    }),
  );

  test.each([
    ['8.1', 'pv'],
    ['8.2', 'pv_in_pvh'],
  ])('"Other install media", which is HVM and becomes %s: %s', (release, domain) =>
    on(release, async (sim) => {
      const media = ['template', 'copy', 'Other install media', 'FAI', ...lenny];
      const dry = await xenfai(sim, [...media, '--json', '--dry-run']);
      expect(changes(dry.json.plan)).toMatchObject({
        'set domain-type': `hvm -> ${domain}`,
        'set PV-bootloader': ' -> eliloader',
        'set disks': ' -> disk 0, 8 GiB, on no storage',
        'remove platform:viridian': 'true -> ',
      });
      // xe has another spelling.
      expect(JSON.stringify(dry.json.plan)).toContain(`domain-type=${domain.replaceAll('_', '-')}"`);
      await install(sim, 'Other install media', lenny);
      const record = [...sim.world.database.all('VM').values()].find(({ name_label: name }) => name === 'web');
      expect(record).toMatchObject({ HVM_boot_policy: '', domain_type: domain });
      expect(record?.['platform']).not.toHaveProperty('viridian');
    }),
  );
});

/** From the template to a VM that the loader would install. */
async function install(sim: Simulator, base: string, wish: readonly string[]): Promise<void> {
  const copied = await xenfai(sim, ['template', 'copy', base, 'FAI', ...wish, '--json']);
  expect(copied.json).toMatchObject({
    ok: true,
    template: { netboot: true, release: 'lenny', arch: 'i386', vendor: false },
  });
  const again = await xenfai(sim, ['template', 'copy', base, 'FAI', ...wish, '--json']);
  expect(again.json).toMatchObject({ ok: true, template: { changed: false } });
  const other = await xenfai(sim, ['template', 'copy', base, 'FAI', '--release', 'etch', '--json']);
  expect(other).toMatchObject({ code: 8, json: { error: { code: 'name-taken' } } });
  await xenfai(sim, ['template', 'set', 'FAI', '--repository', sim.repository, '--args', goodArgs]);
  const made = await xenfai(sim, ['create', 'web', '--template', 'FAI', '--json']);
  expect(made.json.vms[0]).toMatchObject({ ok: true, state: 'armed', missing: [] });
}

test('where no template is for FAI, templates has the line that makes one; where none can be, that', async () => {
  await on('8.2', async (sim) => {
    const { out } = await xenfai(sim, ['templates']);
    expect(out).toContain("xenfai template copy 'CentOS 6 (32-bit)' NAME --release RELEASE");
  });
  await on('8.3', async (sim) => expect((await xenfai(sim, ['templates'])).out).toContain('no eliloader'));
  await on('7.6', async (sim) => expect((await xenfai(sim, ['templates'])).out).not.toContain('makes one'));
});

const copyForLenny = (sim: Simulator, base: string) =>
  xenfai(sim, ['template', 'copy', base, 'FAI', '--release', 'lenny', '--json']);

test('of other templates none is made, and nothing is written', () =>
  on('8.2', async (sim) => {
    const before = sim.world.database.all('VM').size;
    for (const base of ['Debian Buster 10', 'Windows 10 (64-bit)']) {
      const refused = await copyForLenny(sim, base);
      expect(refused).toMatchObject({ code: 8, json: { error: { code: 'no-base' } } });
    }
    expect(sim.world.database.all('VM').size).toBe(before);
  }));

test('up to 7.4 an HVM template stays what it is', () =>
  on('6.5', async (sim) => {
    const refused = await copyForLenny(sim, 'Other install media');
    expect(refused).toMatchObject({ code: 8, json: { error: { code: 'no-base' } } });
  }));

test('on 8.3 none is made; a plain copy is only a copy', () =>
  on('8.3', async (sim) => {
    const refused = await copyForLenny(sim, 'Other install media');
    expect(refused).toMatchObject({ code: 8, json: { error: { code: 'no-eliloader' } } });
    expect((await xenfai(sim, ['template', 'copy', 'Other install media', 'Mine'])).code).toBe(0);
    for (const { base } of (await xenfai(sim, ['templates', '--json'])).json.templates) expect(base).toBeNull();
  }));

test('an i386 one is warned of where PV guests run in a PVH container, and refused where they are of 64 bits', () =>
  on('8.2', async (sim) => {
    const line = ['template', 'copy', 'CentOS 6 (64-bit)', 'FAI', '--release', 'wheezy', '--dry-run'];
    expect((await xenfai(sim, [...line, '--arch', 'i386'])).out).toContain('PVH container');
    expect((await xenfai(sim, [...line, '--arch', 'amd64'])).out).not.toContain('PVH container');
    const [host = ''] = [...sim.world.database.all('host').keys()];
    sim.world.database.set('host', host, 'capabilities', ['xen-3.0-x86_64']);
    const refused = await xenfai(sim, [...line, '--arch', 'i386', '--json']);
    expect(refused).toMatchObject({ code: 2, json: { error: { code: 'guest-32-bit' } } });
  }));
