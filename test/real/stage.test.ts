import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, expect } from 'vitest';
import { kernelFacts } from '../../source/boot/kernel-verdict.ts';
import { initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { depotPackages, kernelVersion } from '../../source/simulator/depot/packages.ts';
import { xenfai } from '../harness.ts';
import { installer } from './debian.ts';
import { programPath, realTest } from './needs.ts';
import { nginxOfFile } from './nginx.ts';
import { startSshd } from './sshd.ts';
import { must, temporary } from './tools.ts';

const folder = temporary('stage');
const version = kernelVersion('i386');
const nfsroot = join(folder, 'nfsroot');
const below = 'dists/lenny/main/installer-i386/current/images/netboot/xen';
const words = ['--release', 'lenny', '--arch', 'i386'];

const web = nginxOfFile();
beforeAll(() => {
  mkdirSync(join(nfsroot, 'boot'), { recursive: true });
  mkdirSync(join(nfsroot, 'lib/modules', version), { recursive: true });
  writeFileSync(join(nfsroot, `boot/vmlinuz-${version}`), kernelImage({ arch: 'i386', version }));
  writeFileSync(join(nfsroot, `boot/initrd.img-${version}`), initrdImage(version));
  mkdirSync(join(folder, 'disc/Linux'), { recursive: true });
  for (const { file, data } of depotPackages()) writeFileSync(join(folder, 'disc/Linux', file), data);
});

const root = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};

const stage = (...args: string[]) => xenfai(null, ['stage', ...words, ...args]);
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

realTest('from an nfsroot into the folder of nginx, and seen from outside', ['nginx'], async () => {
  const site = await web();
  const ran = await stage('--nfsroot', nfsroot, '--root', site.root, '--url', site.url, '--json');
  expect(ran.code).toBe(0);
  expect(ran.json.check.files).toMatchObject([
    { name: 'vmlinuz', ok: true, status: 200, sha256: sha256(join(nfsroot, `boot/vmlinuz-${version}`)) },
    { name: 'initrd.gz', ok: true, sha256: sha256(join(nfsroot, `boot/initrd.img-${version}`)) },
  ]);
  expect(statSync(join(site.root, below, 'vmlinuz')).mode & 0o777).toBe(0o644);

  // The web server's folder is another one: the files are there, and not what comes.
  const elsewhere = await stage('--nfsroot', nfsroot, '--root', root('elsewhere'), '--url', site.url, '--json');
  expect(elsewhere.code).toBe(0);
  writeFileSync(join(site.root, below, 'initrd.gz'), initrdImage(version).subarray(0, 30_000));
  const other = await stage('--nfsroot', nfsroot, '--root', root('elsewhere'), '--url', site.url, '--json');
  expect(other).toMatchObject({
    code: 6,
    json: { ok: false, check: { findings: [{ code: 'not-what-was-staged' }, {}] } },
  });
});

const discs = {
  'rock ridge': ['-R'],
  'neither rock ridge nor joliet': ['--norock', '-iso-level', '1'],
} as const;

/** A tools ISO as xorriso makes it; the same each time. */
async function disc(name: keyof typeof discs = 'rock ridge'): Promise<string> {
  const iso = join(folder, `${name}.iso`);
  const what = ['-o', iso, '-graft-points', `Linux=${join(folder, 'disc/Linux')}`];
  if (!existsSync(iso)) await must('xorriso', ['-as', 'mkisofs', ...discs[name], ...what]);
  return iso;
}

realTest(
  'from a tools ISO with and without Rock Ridge: the page’s names in the pool, the right kernel',
  ['xorriso'],
  async () => {
    for (const name of ['rock ridge', 'neither rock ridge nor joliet'] as const) {
      const iso = await disc(name);
      const place = root(`pool ${name}`);
      const initrd = join(nfsroot, `boot/initrd.img-${version}`);
      const ran = await stage('--iso', iso, '--initrd', initrd, '--pool', '--root', place, '--json');
      expect([name, ran.code, ran.err]).toEqual([name, 0, '']);
      expect(readdirSync(join(place, 'pool/main')).sort()).toEqual([
        'linux-image-2.6-xen_2.6.32+0.xs226_i386.deb',
        'linux-image-2.6.32-4-686-bigmem_2.6.32-10.xs5.6.0.226_i386.deb',
        'xe-guest-utilities_5.6.0-578_i386.deb',
      ]);
      for (const file of readdirSync(join(place, 'pool/main'))) {
        expect(sha256(join(place, 'pool/main', file))).toBe(sha256(join(folder, 'disc/Linux', file)));
      }
      expect(readFileSync(join(place, below, 'vmlinuz'))).toEqual(kernelImage({ arch: 'i386', version }));
    }
  },
);

realTest('--repack makes a kernel of today one that a 5.6 unpacks', ['xz', installer.amd64.kernel], async () => {
  const version = kernelFacts(readFileSync(installer.amd64.kernel)).release ?? '';
  const initrd = join(folder, 'initrd-today');
  writeFileSync(initrd, initrdImage(version));
  const place = root('repacked');
  const args = ['--release', 'bookworm', '--arch', 'amd64', '--kernel', installer.amd64.kernel, '--initrd', initrd];
  const flags = [...args, '--root', place, '--for', '5.6', '--json'];
  expect(await xenfai(null, ['stage', ...flags])).toMatchObject({
    code: 6,
    json: { error: { try: expect.arrayContaining([expect.stringContaining('--repack')]) } },
  });
  expect(await xenfai(null, ['stage', ...flags, '--repack'])).toMatchObject({ code: 0, json: { findings: [] } });
});

realTest('kernel packages as dpkg-deb packs them: gzip, xz, zstd', ['dpkg-deb', 'xz', 'zstd'], async () => {
  const tree = root('package');
  mkdirSync(join(tree, 'DEBIAN'));
  mkdirSync(join(tree, 'boot'));
  writeFileSync(
    join(tree, 'DEBIAN/control'),
    `Package: linux-image-${version}\nVersion: 1:2.6.32-1\nArchitecture: i386\nMaintainer: me <me@localhost>\nDescription: a kernel\n`,
  );
  writeFileSync(join(tree, `boot/vmlinuz-${version}`), kernelImage({ arch: 'i386', version }));
  for (const packing of ['gzip', 'xz', 'zstd']) {
    const deb = join(folder, `${packing}.deb`);
    await must('dpkg-deb', [`-Z${packing}`, '--root-owner-group', '-b', tree, deb]);
    const place = root(`from ${packing}`);
    const initrd = join(nfsroot, `boot/initrd.img-${version}`);
    const ran = await stage('--deb', deb, '--initrd', initrd, '--pool', '--root', place, '--json');
    expect([packing, ran.code, ran.err]).toEqual([packing, 0, '']);
    expect(readFileSync(join(place, below, 'vmlinuz'))).toEqual(kernelImage({ arch: 'i386', version }));
    // An epoch is no part of a file's name.
    expect(readdirSync(join(place, 'pool/main'))).toEqual([`linux-image-${version}_2.6.32-1_i386.deb`]);
  }
});

/** One shell, as a person pastes the lines. */
const paste = (commands: readonly string[], cwd: string) => must('bash', ['-ec', commands.join('\n')], { cwd });

realTest(
  'the lines for apt-ftparchive make an archive that apt reads and check has nothing against',
  ['nginx', 'apt-ftparchive', 'apt-get', 'xorriso', 'bash', 'gzip', 'sed'],
  async () => {
    const site = await web();
    const place = join(site.root, 'debian-custom');
    mkdirSync(place);
    for (const arch of ['i386', 'amd64']) {
      const ran = await xenfai(null, [
        'stage',
        '--release',
        'lenny',
        '--arch',
        arch,
        '--iso',
        await disc(),
        '--pool',
        '--root',
        place,
        '--json',
      ]);
      expect(ran).toMatchObject({ code: 0 });
      await paste(ran.json.commands, folder);
    }
    await xenfai(null, ['stage', ...words, '--nfsroot', nfsroot, '--root', place]);
    const url = `${site.url}/debian-custom`;
    const check = await xenfai(null, ['check', '--repository', url, ...words, '--json']);
    expect(check.code).toBe(0);
    const codes = check.json.findings.map((finding: { code: string }) => finding.code);
    expect(codes).toEqual(['release-unsigned', 'seen-from-here']);

    // A private apt of the other architecture, as in an nfsroot.
    const apt = root('apt');
    for (const path of [
      'etc/apt.conf.d',
      'etc/sources.list.d',
      'etc/preferences.d',
      'etc/trusted.gpg.d',
      'lists/partial',
      'cache/archives/partial',
    ]) {
      mkdirSync(join(apt, path), { recursive: true });
    }
    writeFileSync(join(apt, 'status'), '');
    const options = [
      ...['-q', '-o', 'APT::Architecture=i386', '-o', 'APT::Architectures::=i386', '-o', `Dir::Etc=${apt}/etc`],
      ...['-o', `Dir::State=${apt}`, '-o', `Dir::State::status=${apt}/status`, '-o', `Dir::Cache=${apt}/cache`],
      ...['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Languages=none'],
    ];
    writeFileSync(join(apt, 'etc/sources.list'), `deb [trusted=yes] ${url} lenny main\n`);
    await must('apt-get', [...options, 'update'], { cwd: apt });
    await must('apt-get', [...options, 'download', 'linux-image-2.6-xen', 'xe-guest-utilities'], { cwd: apt });
    expect(
      readdirSync(apt)
        .filter((name) => name.endsWith('.deb'))
        .sort(),
    ).toEqual(['linux-image-2.6-xen_2.6.32+0.xs226_i386.deb', 'xe-guest-utilities_5.6.0-578_i386.deb']);

    // Broken by hand, one thing after the other: each is told.
    const packages = join(place, 'dists/lenny/main/binary-i386');
    const release = readFileSync(join(place, 'dists/lenny/Release'), 'utf8');
    const findings = async (): Promise<string[]> =>
      (await xenfai(null, ['check', '--repository', url, ...words, '--json'])).json.findings.map(
        (finding: { code: string }) => finding.code,
      );
    writeFileSync(
      join(place, 'dists/lenny/Release'),
      release.replace(/Codename: \w+/, 'Codename: squeeze').replace(/Suite: \w+/, 'Suite: oldstable'),
    );
    expect(await findings()).toContain('release-name');
    writeFileSync(join(place, 'dists/lenny/Release'), `${release}Valid-Until: Mon, 15 Nov 2010 10:53:00 UTC\n`);
    expect(await findings()).toContain('release-expired');
    writeFileSync(join(place, 'dists/lenny/Release'), release);
    cpSync(join(packages, 'Packages.gz'), join(folder, 'Packages.gz'));
    appendFileSync(join(packages, 'Packages.gz'), 'x');
    expect(await findings()).toContain('packages-hash');
    cpSync(join(folder, 'Packages.gz'), join(packages, 'Packages.gz'));
    writeFileSync(join(place, 'pool/main/xe-guest-utilities_5.6.0-578_i386.deb'), 'short');
    expect(await findings()).toContain('package-size');
  },
);

realTest('the line for reprepro puts them into its archive', ['reprepro', 'xorriso', 'bash'], async () => {
  const place = root('reprepro');
  mkdirSync(join(place, 'conf'));
  writeFileSync(join(place, 'conf/distributions'), 'Codename: lenny\nArchitectures: i386 amd64\nComponents: main\n');
  const ran = await stage('--iso', await disc(), '--pool', 'reprepro', '--root', place, '--json');
  expect(ran.code).toBe(0);
  await paste(ran.json.commands, folder);
  const listed = await must('reprepro', ['-b', place, 'list', 'lenny']);
  expect(listed.trim().split('\n').sort()).toEqual([
    'lenny|main|i386: linux-image-2.6-xen 2.6.32+0.xs226',
    `lenny|main|i386: linux-image-${version} 2.6.32-10.xs5.6.0.226`,
    'lenny|main|i386: xe-guest-utilities 5.6.0-578',
  ]);
});

realTest('dput takes the .changes that is written', ['dput', 'xorriso', 'bash'], async () => {
  const place = root('dput');
  const incoming = root('incoming');
  writeFileSync(join(folder, 'dput.cf'), `[here]\nmethod = local\nincoming = ${incoming}\n`);
  const ran = await stage('--iso', await disc(), '--pool', 'dput', '--root', place, '--json');
  const [cd = '', line = ''] = ran.json.commands as string[];
  await paste([cd, line.replace('dput -u HOST', `dput -c ${join(folder, 'dput.cf')} -u here`)], folder);
  expect(readdirSync(incoming).filter((name) => name.endsWith('.deb'))).toHaveLength(3);
});

realTest('a tar archive, and the line that unpacks it', ['tar', 'bash'], async () => {
  const stdout = new PassThrough();
  const chunks: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ran = await xenfai(null, ['stage', ...words, '--nfsroot', nfsroot, '--tar', '-'], { stdout });
  expect(ran.code).toBe(0);
  expect(ran.out).toBe('');
  const place = root('untar');
  mkdirSync(join(place, below), { recursive: true });
  writeFileSync(join(place, below, 'vmlinuz'), 'the one before');
  writeFileSync(join(folder, 'staged.tar'), Buffer.concat(chunks));
  const line = /umask 022; tar -xpf - [^#]*/.exec(ran.err)?.[0] ?? '';
  await must('bash', ['-ec', `${line.replace('ROOT', place)} < ${join(folder, 'staged.tar')}`]);
  expect(sha256(join(place, below, 'vmlinuz'))).toBe(sha256(join(nfsroot, `boot/vmlinuz-${version}`)));
  expect(readFileSync(join(place, below, 'vmlinuz.bak'), 'utf8')).toBe('the one before');
  expect(statSync(join(place, below, 'initrd.gz')).mode & 0o777).toBe(0o644);
});

realTest(
  'another machine by ssh: all or nothing, the pair before kept',
  ['ssh', 'sshd', 'ssh-keygen', 'tar', 'sha256sum', 'cmp'],
  async () => {
    const sshd = await startSshd();
    const place = root("away 'quoted'");
    const path = join(folder, 'bin');
    mkdirSync(path);
    // The system's ssh, with the key and port that a person has in ~/.ssh/config.
    const ssh = programPath('ssh');
    writeFileSync(join(path, 'ssh'), `#!/bin/sh\nexec ${ssh} -F ${sshd.config} "$@"\n`);
    chmodSync(join(path, 'ssh'), 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${path}:${before}`;
    try {
      const target = `web:${place}`;
      const first = await stage('--nfsroot', nfsroot, '--root', target, '--json');
      expect([first.code, first.err]).toEqual([0, '']);
      expect(first.json.staged).toMatchObject([
        { changed: true, backup: null },
        { changed: true, backup: null },
      ]);
      expect(sha256(join(place, below, 'initrd.gz'))).toBe(first.json.staged[1].sha256);
      expect(statSync(join(place, below, 'vmlinuz')).mode & 0o777).toBe(0o644);
      expect((await stage('--nfsroot', nfsroot, '--root', target, '--json')).json.staged).toMatchObject([
        { changed: false },
        { changed: false },
      ]);

      writeFileSync(join(place, below, 'vmlinuz'), 'the one before');
      const second = await stage('--nfsroot', nfsroot, '--root', target, '--json');
      expect(second.json.staged).toMatchObject([
        { changed: true, backup: `${below}/vmlinuz.bak` },
        { changed: false },
      ]);
      expect(readFileSync(join(place, below, 'vmlinuz.bak'), 'utf8')).toBe('the one before');

      // The second file cannot take its place: the first goes back.
      writeFileSync(join(place, below, 'vmlinuz'), 'still the one before');
      rmSync(join(place, below, 'initrd.gz'));
      mkdirSync(join(place, below, 'initrd.gz', 'full'), { recursive: true });
      const refused = await stage('--nfsroot', nfsroot, '--root', target, '--json');
      expect(refused).toMatchObject({ code: 2, json: { error: { code: 'not-written' } } });
      expect(readFileSync(join(place, below, 'vmlinuz'), 'utf8')).toBe('still the one before');
      expect(readdirSync(place)).toEqual(['dists']);

      expect(await stage('--nfsroot', nfsroot, '--root', 'web:/nowhere/at/all', '--json')).toMatchObject({
        code: 2,
        json: { error: { code: 'not-written', cause: expect.stringContaining('/nowhere/at/all') } },
      });
      sshd.stop();
      await expect(stage('--nfsroot', nfsroot, '--root', target, '--json')).resolves.toMatchObject({
        code: 3,
        json: { error: { code: 'ssh-failed', cause: expect.stringMatching(/refused/i) } },
      });
    } finally {
      process.env['PATH'] = before;
      sshd.stop();
    }
    expect(existsSync(place)).toBe(true);
  },
);
