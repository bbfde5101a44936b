import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { faiFiles } from '../../source/fai/files/files.ts';
import { merge } from '../../source/fai/files/merge.ts';
import { faiReleases } from '../../source/fai/files/system.ts';
import { xenfai } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'xenfai-fai-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const space = (): string => mkdtempSync(join(folder, 'config-'));
const archive = ['--repository', 'http://r/d'];
const put = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
const changes = (ran: Awaited<ReturnType<typeof xenfai>>): Record<string, string> =>
  Object.fromEntries(ran.json.files.map(({ path, change }: { path: string; change: string }) => [path, change]));

describe('fai-files', () => {
  test('writes everything once, scripts executable, and a second time nothing', async () => {
    const place = space();
    const first = await xenfai(null, ['fai-files', place, ...archive, '--json']);
    expect(first.code).toBe(0);
    expect(new Set(Object.values(changes(first)))).toEqual(new Set(['new']));
    expect(statSync(join(place, 'class/60-detect-XenServer')).mode & 0o777).toBe(0o755);
    expect(statSync(join(place, 'package_config/XENSERVER')).mode & 0o777).toBe(0o644);
    const second = await xenfai(null, ['fai-files', place, ...archive, '--json']);
    expect(new Set(Object.values(changes(second)))).toEqual(new Set(['same']));
  });

  test('what differs is shown and kept; --yes overwrites it and keeps every old one with a ~', async () => {
    const place = space();
    put(join(place, 'package_config/XENSERVER'), 'PACKAGES install\nmine\n');
    const kept = await xenfai(null, ['fai-files', place, ...archive, '--json']);
    expect(kept).toMatchObject({ code: 8, json: { ok: false, error: { code: 'not-overwritten' } } });
    const file = kept.json.files.find(({ path }: { path: string }) => path === 'package_config/XENSERVER');
    expect(file.diff).toContain('-mine\n');
    expect(readFileSync(join(place, 'package_config/XENSERVER'), 'utf8')).toContain('mine');
    expect(existsSync(join(place, 'class/60-detect-XenServer'))).toBe(true);
    expect((await xenfai(null, ['fai-files', place, ...archive])).out).toContain('    -mine');

    expect((await xenfai(null, ['fai-files', place, ...archive, '--yes'])).code).toBe(0);
    expect(readFileSync(join(place, 'package_config/XENSERVER'), 'utf8')).not.toContain('mine');
    expect(readFileSync(join(place, 'package_config/XENSERVER~'), 'utf8')).toContain('mine');
    put(join(place, 'package_config/XENSERVER'), 'again\n');
    await xenfai(null, ['fai-files', place, ...archive, '--yes']);
    expect(readFileSync(join(place, 'package_config/XENSERVER~'), 'utf8')).toContain('mine');
    expect(readFileSync(join(place, 'package_config/XENSERVER.1~'), 'utf8')).toBe('again\n');
  });

  test('somebody at a terminal is shown the difference and asked', async () => {
    const place = space();
    put(join(place, 'disk_config/XENSERVER'), 'mine\n');
    const asked: string[] = [];
    const answer = (yes: boolean) => ({
      interactive: true,
      ask: (question: string) => {
        asked.push(question);
        return Promise.resolve(yes);
      },
    });
    const no = await xenfai(null, ['fai-files', place, ...archive], answer(false));
    expect([no.code, asked.length]).toEqual([8, 1]);
    expect(no.err).toContain('-mine');
    expect((await xenfai(null, ['fai-files', place, ...archive], answer(true))).code).toBe(0);
  });

  test('a hook in any encoding keeps its bytes, through a link, too; --read-only writes nothing', async () => {
    const place = space();
    const bytes = Buffer.concat([Buffer.from('#!/bin/sh\n# '), Buffer.from([0xe4, 0xf6, 0xff, 0x0a])]);
    mkdirSync(join(place, 'files/boot/grub/menu.lst'), { recursive: true });
    mkdirSync(join(place, 'shared'));
    const hook = join(place, 'shared/hook');
    writeFileSync(hook, bytes);
    symlinkSync('../../../../shared/hook', join(place, 'files/boot/grub/menu.lst/postinst'));
    expect((await xenfai(null, ['fai-files', place, ...archive, '--read-only'])).code).toBe(8);
    expect(existsSync(join(place, 'class'))).toBe(false);
    expect((await xenfai(null, ['fai-files', place, ...archive])).code).toBe(0);
    const merged = readFileSync(hook);
    expect(merged.subarray(-4)).toEqual(bytes.subarray(-4));
    expect(merged.length).toBeGreaterThan(bytes.length);
    expect(readFileSync(`${hook}~`)).toEqual(bytes);
    expect(lstatSync(join(place, 'files/boot/grub/menu.lst/postinst')).isSymbolicLink()).toBe(true);
  });

  test('a link that leads out of the config space, or nowhere, is not written through; the rest is', async () => {
    const place = space();
    const outside = mkdtempSync(join(folder, 'outside-'));
    writeFileSync(join(outside, 'hook'), '#!/bin/sh\n');
    mkdirSync(join(place, 'files/boot/grub/menu.lst'), { recursive: true });
    symlinkSync(join(outside, 'hook'), join(place, 'files/boot/grub/menu.lst/postinst'));
    symlinkSync('nowhere', join(place, 'files/boot/grub/menu.lst/preinst'));
    symlinkSync(outside, join(place, 'package_config'));
    const ran = await xenfai(null, ['fai-files', place, ...archive, '--yes', '--json']);
    expect(ran).toMatchObject({ code: 8, json: { ok: false, error: { code: 'not-overwritten' } } });
    const refused = ran.json.files.filter(({ change }: { change: string }) => change === 'refused');
    expect(Object.fromEntries(refused.map(({ path, why }: { path: string; why: string }) => [path, why]))).toEqual({
      'files/boot/grub/menu.lst/postinst': `a link leads out of the config space, to ${join(realpathSync(outside), 'hook')}`,
      'files/boot/grub/menu.lst/preinst': 'a link leads nowhere: nowhere',
      'package_config/XENSERVER': `a link leads out of the config space, to ${realpathSync(outside)}`,
    });
    expect(readdirSync(outside)).toEqual(['hook']);
    expect(readFileSync(join(outside, 'hook'), 'utf8')).toBe('#!/bin/sh\n');
    expect(existsSync(join(place, 'class/60-detect-XenServer'))).toBe(true);
    expect((await xenfai(null, ['fai-files', place, ...archive])).out).toContain(
      'not touched   package_config/XENSERVER: a link leads out',
    );
  });

  test('the archive is asked for before anything is written; --dry-run shows the files with an example', async () => {
    const place = space();
    expect(await xenfai(null, ['fai-files', place, '--json'])).toMatchObject({
      code: 2,
      json: { error: { code: 'usage', message: expect.stringContaining('--repository') } },
    });
    expect(await xenfai(null, ['fai-files', place, '--dry-run'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('http://myrepo.example.com/debian-custom'),
    });
    expect(readdirSync(place)).toEqual([]);
  });

  test('--dry-run writes nothing; a lost bit is set right; what is no shell is not touched', async () => {
    const place = space();
    await xenfai(null, ['fai-files', place, '--dry-run']);
    expect(existsSync(join(place, 'class'))).toBe(false);
    await xenfai(null, ['fai-files', place, ...archive]);
    chmodSync(join(place, 'files/boot/grub/menu.lst/postinst'), 0o644);
    expect((await xenfai(null, ['fai-files', place, ...archive])).out).toContain('menu.lst/postinst, mode set right');
    expect(statSync(join(place, 'files/boot/grub/menu.lst/postinst')).mode & 0o111).not.toBe(0);
    put(join(place, 'files/boot/grub/menu.lst/postinst'), '#!/usr/bin/perl\nprint 1;\n');
    const perl = await xenfai(null, ['fai-files', place, ...archive, '--yes', '--json']);
    expect(perl.code).toBe(8);
    expect(readFileSync(join(place, 'files/boot/grub/menu.lst/postinst'), 'utf8')).toBe(
      '#!/usr/bin/perl\nprint 1;\n',
    );
  });

  test('the commands in order, and which are done', async () => {
    const place = space();
    const etc = join(folder, 'etc');
    const nfsroot = join(folder, 'nfsroot');
    const root = join(folder, 'www');
    const flags = ['--etc', etc, '--nfsroot', nfsroot, '--root', root, '--repository', 'http://r/d', '--json'];
    const done = async () =>
      (await xenfai(null, ['fai-files', place, ...flags])).json.steps.map(
        (step: { done: boolean | null }) => step.done,
      );
    expect(await done()).toEqual([null, null, null, false]);
    put(join(etc, 'apt/sources.list'), 'deb http://ftp.debian.org/debian lenny main\n');
    put(join(etc, 'NFSROOT'), 'PACKAGES aptitude\nnfs-common\n');
    put(join(nfsroot, 'boot/vmlinuz-1'), '');
    expect(await done()).toEqual([false, false, false, false]);
    put(join(etc, 'apt/sources.list'), 'deb http://r/d lenny main\n');
    put(join(etc, 'NFSROOT'), 'PACKAGES aptitude I386\nlinux-image-2.6-xen\n');
    put(join(nfsroot, 'boot/initrd.img-1'), '');
    put(join(nfsroot, 'lib/modules/1/modules.dep'), '');
    const netboot = join(root, 'dists/lenny/main/installer-i386/current/images/netboot/xen');
    put(join(netboot, 'vmlinuz'), 'another');
    put(join(netboot, 'initrd.gz'), '');
    expect(await done()).toEqual([true, true, true, false]);
    put(join(netboot, 'vmlinuz'), '');
    expect(await done()).toEqual([true, true, true, true]);
    const shown = await xenfai(null, ['fai-files', place, ...flags.slice(0, -1)]);
    expect(shown.out).toMatch(/4\. \[x\] its kernel and initrd/);
    expect(shown.out).toContain(
      `xenfai stage --nfsroot ${nfsroot} --root ${root} --release lenny --arch i386 --url http://r/d`,
    );
  });

  test('our files are plain ASCII: they are written byte for byte', () => {
    for (const { path, text } of faiFiles({ release: 'lenny', repository: 'http://r/d' })) {
      expect([path, /^[\x20-\x7e\n]*$/.test(text)]).toEqual([path, true]);
    }
  });

  test('every release it knows has its kernel, and no line a shell would act on', async () => {
    for (const release of faiReleases) {
      const text =
        faiFiles({ release, repository: 'http://r/d' }).find(({ path }) => path === 'package_config/XENSERVER')
          ?.text ?? '';
      expect(text).toMatch(['lenny', 'squeeze'].includes(release) ? /linux-image-2\.6-xen/ : /linux-image-amd64/);
      expect(text).not.toMatch(/^\s*$\n^\s*$/m);
    }
    expect((await xenfai(null, ['fai-files', space(), ...archive, '--release', 'sid'])).code).toBe(2);
    expect((await xenfai(null, ['fai-files', space(), '--repository', "http://r/' x"])).code).toBe(2);
  });
});

test.each([
  ['a folder where none can be', '/proc/x', /could not be written/],
  ['a path with a typo', join(folder, 'no/such/place'), /could not be written/],
  ['a file', '/dev/null', /is a device, not a folder/],
])('%s is told, with exit 2', async (_, place, text) => {
  const ran = await xenfai(null, ['fai-files', place, ...archive, '--json']);
  expect(ran).toMatchObject({ code: 2, json: { error: { message: expect.stringMatching(text) } } });
});

test('a boot menu that no release boots is exit 6, one that some do not is a warning', async () => {
  const menu = (text: string): string => {
    const path = join(space(), 'menu.lst');
    put(path, text);
    return path;
  };
  const check = (path: string, ...flags: string[]) =>
    xenfai(null, ['check', '--disk-config', path, '--json', ...flags]);
  expect((await check(menu(''))).code).toBe(6);
  const saved = menu('default saved\ntitle A\nkernel /vmlinuz root=/dev/xvda1 console=hvc0\n');
  expect(await check(saved)).toMatchObject({
    code: 0,
    json: { findings: [{ severity: 'warning', code: 'no-boot-entry' }] },
  });
  expect((await check(saved, '--for', '5.6')).code).toBe(6);
  expect((await check(saved, '--for', '8.0')).json.diskConfig).toMatchObject([
    { xen: '4.11', entry: { kernel: '/vmlinuz' } },
  ]);
  expect((await check(join(folder, 'nothing'))).code).toBe(2);
});

describe('a block in a hook of the site', () => {
  const [block] = faiFiles({ release: 'lenny', repository: 'http://r/d' }).filter(({ kind }) => kind === 'block');
  test('is put behind the first line, replaced by itself, and leaves every other byte', () => {
    if (block === undefined) throw new Error('there is no block');
    fc.assert(
      fc.property(
        fc.constantFrom('#!/bin/sh', '#! /bin/bash -e', '#!/usr/bin/env bash'),
        fc.string({ unit: 'binary' }),
        (first, rest) => {
          const site = `${first}\n${rest}`;
          const once = merge(block, site);
          if (!('text' in once)) throw new Error(once.why);
          const twice = merge(block, once.text);
          expect(twice).toEqual({ change: 'same', text: once.text });
          const lines = once.text.slice(0, once.text.indexOf('# <<< xenfai\n') + '# <<< xenfai\n'.length);
          expect(`${first}\n${once.text.slice(lines.length)}`).toBe(site);
        },
      ),
    );
  });

  test.each([
    ['#!/usr/bin/perl\n', /no shell script/],
    ['echo no first line\n', /no first line/],
    ['#!/bin/sh\r\necho\r\n', /Windows/],
  ])('%j is not touched', (text, why) => {
    expect(block && merge(block, text)).toMatchObject({ change: 'refused', why: expect.stringMatching(why) });
  });
});
