import { afterEach, beforeEach, expect, test } from 'vitest';
import { adviceText } from '../../source/commands/advice.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { heldClock, prepareTemplate, simulator, transportOf, until, xenfai } from '../harness.ts';

let sim: Simulator;
let guests: ReturnType<typeof heldClock>;
beforeEach(async () => {
  guests = heldClock();
  sim = await simulator({ vms: 3, clock: guests });
});
afterEach(() => sim.stop());

const folder = 'dists/lenny/main/installer-i386/current/images/netboot/xen';
const paths = ['--kernel', `${folder}/vmlinuz`, '--initrd', `${folder}/initrd.gz`];
const words = (name: string): Record<string, string> => {
  const vm = [...sim.world.database.all('VM')].find(
    ([, record]) => record['name_label'] === name && record['is_a_template'] === false,
  );
  return (vm?.[1]['other_config'] ?? {}) as Record<string, string>;
};

test('the loader’s way by paths: set, checked, created, installed, armed again the same way, and back to the tree', async () => {
  await prepareTemplate(sim);
  const set = await xenfai(sim, ['template', 'set', 'FAI', ...paths, '--json']);
  expect(set.json.template).toMatchObject({ netboot: true, changed: true });
  const check = await xenfai(sim, ['check', '--template', 'FAI', '--json']);
  expect(check.code).toBe(0);
  expect(check.json.files[0].url).toBe(`${sim.repository}/${folder}/vmlinuz`);

  const made = await xenfai(sim, ['create', 'web', '--template', 'FAI', '--json']);
  expect(made.json.vms[0]).toMatchObject({ state: 'armed', missing: [] });
  expect(words('web')).toMatchObject({ 'install-distro': 'pygrub', 'install-kernel': `${folder}/vmlinuz` });
  const started = await xenfai(sim, ['start', 'web', '--json']);
  expect(started.json.vms[0]).toMatchObject({ state: 'installing', attemptUsed: true });
  guests.release();
  await until(() => [...sim.world.disks.values()].some((disk) => disk.system !== null));
  await xenfai(sim, ['stop', 'web', '--yes', '--force']);

  // The loader took install-distro away and left the paths: they tell the way.
  const rearmed = await xenfai(sim, ['rearm', 'web', '--yes', '--json']);
  expect(rearmed.json.vms[0]).toMatchObject({ state: 'armed', changed: true });
  expect(words('web')).toMatchObject({ 'install-distro': 'pygrub', 'install-ramdisk': `${folder}/initrd.gz` });
  expect((await xenfai(sim, ['rearm', 'web', '--yes', '--json'])).json.vms[0].changed).toBe(false);

  await xenfai(sim, ['rearm', 'web', '--yes', '--kernel', '']);
  expect(words('web')).toMatchObject({ 'install-distro': 'debianlike', 'debian-release': 'lenny' });
  expect(words('web')).not.toHaveProperty('install-kernel');
});

test('what an attempt has left on a VM is no way of its own; both paths or none', async () => {
  await prepareTemplate(sim);
  const only = await xenfai(sim, ['template', 'set', 'FAI', '--initrd', 'x', '--json']);
  expect(only).toMatchObject({ code: 2, json: { error: { code: 'no-path' } } });
  // vm3 has fired from the tree; another tool has left a path on it.
  const [ref = ''] = [...sim.world.database.all('VM')].find(([, record]) => record['name_label'] === 'vm3') ?? [];
  sim.world.database.setKey('VM', ref, 'other_config', 'install-kernel', 'stale');
  const plain = await xenfai(sim, ['rearm', 'vm3', '--yes', '--json']);
  expect(plain.json.vms[0]).toMatchObject({ ok: true, state: 'armed' });
  expect(words('vm3')).toMatchObject({ 'install-distro': 'debianlike' });
  expect(words('vm3')).not.toHaveProperty('install-kernel');
});

test('paths are judged before they are written', async () => {
  await prepareTemplate(sim);
  for (const [kernel, initrd, code] of [
    ['vm linuz', 'initrd.gz', 'path-word'],
    ['http://elsewhere/vmlinuz', 'initrd.gz', 'path-word'],
    ['vmlinuz', '', 'no-path'],
  ] as const) {
    const ran = await xenfai(sim, [
      'template',
      'set',
      'FAI',
      '--kernel',
      kernel,
      ...(initrd === '' ? [] : ['--initrd', initrd]),
      '--json',
    ]);
    expect(ran).toMatchObject({ code: 2, json: { error: { code } } });
  }
});

test('of a missing file the check offers the way by paths, of a named distribution both URLs', async () => {
  const check = (repository: string, ...flags: string[]) =>
    xenfai(null, ['check', '--repository', repository, '--release', 'lenny', '--json', ...flags]);
  const missing = await check(`${sim.repository}/nowhere`);
  expect(missing.json.findings.find((one: { code: string }) => one.code === 'other-way').try).toContain(
    '--kernel PATH',
  );

  const named = `${sim.repository}/dists/lenny`;
  const unknown = await check(named);
  expect(unknown.json.findings).toContainEqual(
    expect.objectContaining({
      code: 'urls-differ',
      severity: 'warning',
      message: expect.stringContaining('6.1 and later'),
    }),
  );
  expect((await check(named, '--for', '5.6')).code).toBe(6);
  const newer = await check(named, '--for', '6.2');
  expect(newer.code).toBe(0);
  expect(newer.json.findings).toContainEqual(
    expect.objectContaining({ code: 'urls-differ', message: expect.stringContaining('5.6 to 6.0') }),
  );
});

test('whose view it is, and the line for dom0, quoted for its shell', async () => {
  const line = (json: { findings: { code: string; try?: string }[] }) =>
    json.findings.find(({ code }) => code === 'seen-from-here')?.try;
  const http = await xenfai(null, ['check', '--repository', sim.repository, '--release', 'lenny', '--json']);
  expect(line(http.json)).toBe(
    `in dom0: curl -sSL -w '%{http_code} %{size_download}\\n' -o /dev/null ${sim.repository}/${folder}/vmlinuz -o /dev/null ${sim.repository}/${folder}/initrd.gz`,
  );
  const hostile = await xenfai(null, [
    'check',
    '--repository',
    `${sim.repository}/$(id)'`,
    '--release',
    'lenny',
    '--json',
  ]);
  expect(line(hostile.json)).toContain(`'${sim.repository}/$(id)'\\''/dists/`);
  for (const form of ['nfs://server/srv/debian', 'nfs:server:/srv/debian']) {
    const nfs = await xenfai(null, ['check', '--repository', form, '--release', 'lenny', '--json']);
    expect(nfs.code).toBe(0);
    expect(line(nfs.json)).toBe(
      `in dom0: mount -t nfs -o ro server:/srv/debian /mnt && ls -lL /mnt/${folder}/vmlinuz /mnt/${folder}/initrd.gz ; umount /mnt`,
    );
  }
});

test('the servers of the kernel line are tried, and what that means is said', async () => {
  await prepareTemplate(sim);
  const asked: string[] = [];
  const look = async (answers: boolean) => {
    asked.length = 0;
    const dial = (host: string, port: number) => {
      asked.push(`${host}:${port}`);
      return Promise.resolve(answers);
    };
    const transport = { ...transportOf(sim), dial };
    return (await xenfai(sim, ['check', '--template', 'FAI', '--json'], { transport })).json;
  };
  const up = await look(true);
  expect(asked).toEqual(['10.1.1.6:2049']);
  expect(up.findings).toContainEqual(expect.objectContaining({ code: 'nfs-answers', severity: 'info' }));
  const down = await look(false);
  expect(down).toMatchObject({ ok: true });
  expect(down.findings).toContainEqual(expect.objectContaining({ code: 'nfs-silent', severity: 'warning' }));

  const args =
    'quiet console=hvc0 root=10.1.1.6:/srv/fai/nfsroot rootovl ip=dhcp FAI_ACTION=install FAI_FLAGS=verbose,reboot FAI_CONFIG_SRC=nfs://10.1.1.6/c monserver=10.1.1.7 FAI_MONITOR_PORT=4712';
  await xenfai(sim, ['template', 'set', 'FAI', '--args', args]);
  await look(true);
  expect(asked).toEqual(['10.1.1.6:2049', '10.1.1.7:4712']);
});

test('limits of later loaders, with the key that raises them', async () => {
  const { downloadFindings } = await import('../../source/repository/download-verdict.ts');
  const fetched = {
    url: 'u',
    finalUrl: 'u',
    status: 200,
    type: '',
    declared: null,
    modified: null,
    bytes: 33 * 1024 ** 2,
    body: new Uint8Array(),
    sha256: null,
    problem: null,
  };
  expect(downloadFindings('vmlinuz', fetched, 2012)).toEqual([]);
  const [over] = downloadFindings('vmlinuz', fetched, 2014);
  expect(over).toMatchObject({ severity: 'error', code: 'over-limit' });
  expect(adviceText(over?.try ?? '')).toContain('platform:pv-kernel-max-size=67108864');
  expect(downloadFindings('vmlinuz', fetched, 2014, { 'pv-kernel-max-size': '67108864' })).toEqual([]);
  expect(downloadFindings('vmlinuz', fetched, null)).toMatchObject([{ severity: 'warning' }]);
  expect(downloadFindings('initrd.gz', fetched, 2014)).toEqual([]);
});
