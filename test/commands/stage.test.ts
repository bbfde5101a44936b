import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { depotPackages, kernelVersion } from '../../source/simulator/depot/packages.ts';
import { remoteOf } from '../../source/staging/ssh.ts';
import { xenfai } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'xenfai-stage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const version = kernelVersion('i386');
const words = ['--release', 'lenny', '--arch', 'i386'];
const below = 'dists/lenny/main/installer-i386/current/images/netboot/xen';
const stage = (...args: string[]) => xenfai(null, ['stage', ...words, ...args, '--json']);

const file = (name: string, data: Uint8Array): string => {
  writeFileSync(join(folder, name), data);
  return join(folder, name);
};
const kernel = file('vmlinuz', kernelImage({ arch: 'i386', version }));
const initrd = file('initrd', initrdImage(version));
const deb = (start: string): string => {
  const found = depotPackages().find(({ file: name, arch }) => arch === 'i386' && name.startsWith(start));
  return file(found?.file ?? '', found?.data ?? new Uint8Array());
};
const root = (): string => mkdtempSync(join(folder, 'root-'));

describe('stage', () => {
  test('writes both files, says what they are, and a second time nothing', async () => {
    const place = root();
    const first = await stage('--kernel', kernel, '--initrd', initrd, '--root', place);
    expect(first).toMatchObject({
      code: 0,
      json: { ok: true, staged: [{ changed: true, backup: null }, { changed: true }] },
    });
    expect(statSync(join(place, below, 'initrd.gz')).mode & 0o777).toBe(0o644);
    expect((await stage('--kernel', kernel, '--initrd', initrd, '--root', place)).json.staged).toMatchObject([
      { changed: false },
      { changed: false },
    ]);
    writeFileSync(join(place, below, 'vmlinuz'), 'the one before');
    const again = await stage('--kernel', kernel, '--initrd', initrd, '--root', place);
    expect(again.json.staged[0]).toMatchObject({ changed: true, backup: `${below}/vmlinuz.bak` });
    expect(readFileSync(join(place, below, 'vmlinuz.bak'), 'utf8')).toBe('the one before');
    // The pair before is kept as a pair.
    expect(readdirSync(join(place, below)).sort()).toEqual(['initrd.gz', 'initrd.gz.bak', 'vmlinuz', 'vmlinuz.bak']);
  });

  test.each<[string, string[], number, RegExp]>([
    ['nothing to stage from', [], 2, /where the kernel comes from/],
    ['two sources', ['--kernel', kernel, '--deb', kernel], 2, /one of/],
    ['no initrd', ['--kernel', kernel], 2, /holds no initrd/],
    [
      'a meta package',
      ['--deb', deb('linux-image-2.6-xen'), '--initrd', initrd],
      2,
      /meta package.*linux-image-2\.6\.32-4-686-bigmem/,
    ],
    ['no package', ['--deb', kernel, '--initrd', initrd], 2, /not a Debian package/],
    [
      'a package cut off',
      ['--deb', file('cut.deb', readFileSync(deb('linux-image-2.6.32')).subarray(0, 400)), '--initrd', initrd],
      2,
      /cut off|damaged/,
    ],
    ['no disc', ['--iso', kernel, '--initrd', initrd], 2, /not a disc image/],
    ['no nfsroot', ['--nfsroot', join(folder)], 2, /not an nfsroot/],
    [
      'a file that is not there',
      ['--kernel', join(folder, 'nothing'), '--initrd', initrd],
      2,
      /nothing cannot be read: there is no such file/,
    ],
    [
      'a kernel without Xen',
      ['--kernel', file('nopv', kernelImage({ arch: 'i386', version, entryNote: false })), '--initrd', initrd],
      6,
      /cannot boot as a PV guest/,
    ],
    [
      'modules of another kernel',
      ['--kernel', kernel, '--initrd', file('other', initrdImage('2.6.26-2-686'))],
      6,
      /modules of 2\.6\.26-2-686/,
    ],
    [
      'a kernel for another Xen',
      [
        '--kernel',
        file(
          'lzma',
          kernelImage({ arch: 'i386', version, pack: () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) }),
        ),
        '--initrd',
        initrd,
        '--for',
        '5.6',
      ],
      6,
      /cannot unpack the xz payload/,
    ],
    [
      'a release that is no word',
      ['--kernel', kernel, '--initrd', initrd, '--release', '../x'],
      2,
      /one word is wanted/,
    ],
    ['a tool nobody knows', ['--kernel', kernel, '--initrd', initrd, '--pool', 'mini-dinstall'], 2, /not a tool/],
  ])('%s: nothing is written', async (_, args, code, text) => {
    const place = root();
    const ran = await stage('--root', place, ...args);
    expect([ran.code, JSON.stringify(ran.json.error)]).toEqual([code, expect.stringMatching(text)]);
    expect(readdirSync(place)).toEqual([]);
  });

  test('several kernels in an nfsroot are named, not chosen from', async () => {
    const nfsroot = join(folder, 'nfsroot');
    mkdirSync(join(nfsroot, 'boot'), { recursive: true });
    for (const one of ['2.6.26-2-686', version]) writeFileSync(join(nfsroot, `boot/vmlinuz-${one}`), 'x');
    const two = await stage('--nfsroot', nfsroot, '--root', root());
    expect(two.json.error.message).toContain('2 kernels');
    rmSync(join(nfsroot, 'boot/vmlinuz-2.6.26-2-686'));
    expect((await stage('--nfsroot', nfsroot, '--root', root())).json.error.message).toContain(
      `no initrd.img-${version}`,
    );
    writeFileSync(join(nfsroot, `boot/vmlinuz-${version}`), kernelImage({ arch: 'i386', version }));
    writeFileSync(join(nfsroot, `boot/initrd.img-${version}`), initrdImage(version));
    const wrong = await stage('--nfsroot', nfsroot, '--root', root());
    expect(wrong).toMatchObject({
      code: 6,
      json: { error: { message: expect.stringContaining('lib/modules of the nfsroot has nothing') } },
    });
  });

  test('what a killed run left is repaired first, and told', async () => {
    const place = root();
    mkdirSync(join(place, below), { recursive: true });
    // No process has this number.
    const run = join(place, below, '.xenfai-999999999-0badcafe');
    const record = {
      machine: hostname(),
      started: null,
      state: 'swapping',
      files: [{ path: 'vmlinuz', fresh: true }],
    };
    writeFileSync(`${run}.json`, JSON.stringify(record));
    writeFileSync(`${run}-new-vmlinuz`, 'of the killed run');
    const ran = await stage('--kernel', kernel, '--initrd', initrd, '--root', place);
    expect(ran).toMatchObject({ code: 0, json: { findings: [{ severity: 'warning', code: 'repaired-finished' }] } });
    expect(readFileSync(join(place, below, 'vmlinuz.bak'), 'utf8')).toBe('of the killed run');
    expect(readdirSync(join(place, below)).sort()).toEqual(['initrd.gz', 'vmlinuz', 'vmlinuz.bak']);
  });

  test('--force puts a bad pair there, --dry-run a good one nowhere', async () => {
    const place = root();
    const dry = await stage('--kernel', kernel, '--initrd', initrd, '--root', place, '--dry-run');
    expect(dry).toMatchObject({ code: 0, json: { dryRun: true, plan: [{ step: `put ${below}/vmlinuz` }, {}] } });
    expect(readdirSync(place)).toEqual([]);
    const bad = await stage('--kernel', initrd, '--initrd', initrd, '--root', place, '--force');
    expect(bad.code).toBe(0);
    expect(existsSync(join(place, below, 'vmlinuz'))).toBe(true);
  });

  test('a tar archive and JSON do not share standard output', async () => {
    expect((await stage('--kernel', kernel, '--initrd', initrd, '--tar', '-')).json.error.message).toContain(
      'both want',
    );
    expect((await stage('--kernel', kernel, '--initrd', initrd, '--tar', 'file')).json.error.message).toContain(
      '--tar takes -',
    );
    expect((await stage('--kernel', kernel, '--initrd', initrd)).json.error.message).toContain('where to');
  });

  test('nothing is written with --read-only, to a URL, or before it could be seen from outside', async () => {
    const pair = ['--kernel', kernel, '--initrd', initrd];
    const place = root();
    expect((await stage(...pair, '--root', place, '--read-only')).code).toBe(8);
    expect(readdirSync(place)).toEqual([]);
    expect((await stage(...pair, '--root', 'http://r/d')).json.error.message).toContain('not a URL');
    const args = ['stage', ...words, ...pair, '--tar', '-', '--url', 'http://r/d'];
    expect((await xenfai(null, args)).err).toContain('nothing is in place yet');
  });

  test('an nfsroot of FAI 3 lies two folders further down', async () => {
    const nfsroot = join(folder, 'fai3');
    const system = join(nfsroot, 'live/filesystem.dir');
    mkdirSync(join(system, 'boot'), { recursive: true });
    mkdirSync(join(system, 'lib/modules', version), { recursive: true });
    writeFileSync(join(system, `boot/vmlinuz-${version}`), kernelImage({ arch: 'i386', version }));
    writeFileSync(join(system, `boot/initrd.img-${version}`), initrdImage(version));
    expect((await stage('--nfsroot', nfsroot, '--root', root())).code).toBe(0);
  });

  test('which roots are on another machine', () => {
    expect(remoteOf('web:/srv')).toEqual({ target: 'web', folder: '/srv' });
    expect(remoteOf('me@web.example:/srv/a b')).toEqual({ target: 'me@web.example', folder: '/srv/a b' });
    expect(remoteOf('me@[fd00::1]:/srv')).toEqual({ target: 'me@fd00::1', folder: '/srv' });
    for (const local of ['/srv', './web:/srv', '-oProxyCommand=x:/srv', 'web:srv', 'a b:/srv'])
      expect(remoteOf(local)).toBeNull();
  });
});
