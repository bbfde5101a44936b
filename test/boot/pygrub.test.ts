import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pygrubChoice, pygrubFindings } from '../../source/boot/pygrub/choice.ts';
import { diskConfigFindings, isDiskConfig } from '../../source/boot/pygrub/disk-config.ts';
import type { XenVersion } from '../../source/boot/releases.ts';
import { parseVersion } from '../../source/boot/version.ts';

// What differs between releases; that 4.17 is read right is shown by Debian's pygrub in test/real.

const xen = (text: string): XenVersion => parseVersion(text) ?? { major: 0, minor: 0 };
const two = 'title A\nkernel /a root=/dev/xvda1 console=hvc0\ntitle B\nkernel /b root=/dev/xvda1 console=hvc0\n';
const twoCfg = 'menuentry "A" {\nlinux /a root=/dev/xvda1\n}\nmenuentry "B" {\nlinux /b root=/dev/xvda1\n}\n';
const kernel = (menuLst: string | null, grubCfg: string | null, version: string): string | null =>
  pygrubChoice({ menuLst, grubCfg }, xen(version)).entry?.kernel ?? null;

test.each<[string, string, Record<string, string | null>]>([
  ['default saved', `default saved\n${two}`, { '3.4': null, '4.1': '/a', '4.17': '/a' }],
  [
    'default a title',
    `default B\n${two}`,
    { '3.4': null, '4.1': null, '4.4': null, '4.6': '/b', '4.11': '/b', '4.13': '/a' },
  ],
  ['default beyond', `default 7\n${two}`, { '3.4': null, '4.1': '/a', '4.17': '/a' }],
  ['default 1', `default 1\n${two}`, { '3.4': '/b', '4.1': '/b', '4.17': '/b' }],
  ['an msdos device', 'title A\nroot (hd0,msdos1)\nkernel /a\n', { '3.4': null, '4.1': '/a' }],
  ['a gpt device', 'title A\nroot (hd0,gpt1)\nkernel /a\n', { '4.1': null, '4.4': '/a' }],
  ['an empty last title, and it is the default', `default 2\n${two}title C\n`, { '3.4': null, '4.1': '/a' }],
])('menu.lst, %s', (_, text, wanted) => {
  expect(Object.fromEntries(Object.keys(wanted).map((version) => [version, kernel(text, null, version)]))).toEqual(
    wanted,
  );
});

test.each<[string, string, Record<string, string | null>]>([
  ['known since 4.0', twoCfg, { '3.4': null, '4.1': '/a', '4.17': '/a' }],
  ['a submenu', `submenu "more" {\n${twoCfg}}\n`, { '4.1': null, '4.4': '/a' }],
  ['saved_entry', `set default="\${saved_entry}"\n${twoCfg}`, { '4.1': null, '4.4': '/a' }],
  ['linux16', 'menuentry "A" {\nlinux16 /a\n}\n', { '4.4': null, '4.6': '/a' }],
  ['two quoted words', "menuentry 'A' --id 'b' {\nlinux /a\n}\n", { '4.4': '/a', '4.17': '/a' }],
])('grub.cfg, %s', (_, text, wanted) => {
  expect(Object.fromEntries(Object.keys(wanted).map((version) => [version, kernel(null, text, version)]))).toEqual(
    wanted,
  );
});

test('which of both files: menu.lst up to 4.1, grub.cfg from 4.2; the other is no second try', () => {
  const cfg = twoCfg.replaceAll('/a', '/c');
  expect(['3.4', '4.0', '4.1', '4.2', '4.17'].map((version) => kernel(two, cfg, version))).toEqual([
    '/a',
    '/a',
    '/a',
    '/c',
    '/c',
  ]);
  expect(kernel(two, '}', '4.17')).toBeNull();
});

describe('findings', () => {
  const of = (menuLst: string | null, grubCfg: string | null, version = '3.4', there: boolean | null = null) =>
    pygrubFindings({ menuLst, grubCfg }, xen(version), () => there).map(
      ({ code, severity }) => `${severity} ${code}`,
    );
  test.each<[string, string | null, string | null, string[]]>([
    ['good', two, null, []],
    ['nothing there', null, null, ['error no-boot-entry']],
    ['a left-over word', two.replace('/dev/xvda1', '#ROOT_PARTITION#'), null, ['error word-left']],
    ['no root', two.replace('root=/dev/xvda1', 'ro'), null, ['error no-root']],
    ['no console', two.replaceAll('console=hvc0', ''), null, ['warning no-console']],
    ['a hypervisor first', two.replace('/a', '/boot/xen-4.1.gz'), null, ['error boots-xen']],
    ['a stale grub.cfg', two, twoCfg, ['warning stale-menu']],
    ['both alike', two, twoCfg.replaceAll('/dev/xvda1', '/dev/xvda1 console=hvc0'), []],
  ])('%s', (_, menuLst, grubCfg, wanted) => expect(of(menuLst, grubCfg)).toEqual(wanted));
  test('files that are not there', () => expect(of(two, null, '3.4', false)).toEqual(['error boot-file-missing']));
});

describe('disk_config', () => {
  const head = 'disk_config disk1 disklabel:msdos bootable:1\n';
  const codes = (text: string, version: string) => diskConfigFindings(text, xen(version)).map(({ code }) => code);
  test.each<[string, string, string, string[]]>([
    ['ext3 on a primary', `${head}primary / 4G- ext3 rw\nlogical swap 1G swap sw\n`, '3.4', []],
    ['xfs', `${head}primary / 4G- xfs rw\n`, '4.17', ['unreadable-file-system']],
    ['ext4 on an old host', `${head}primary / 4G- ext4 rw\n`, '4.1', ['ext4']],
    ['ext4 on a new one', `${head}primary / 4G- ext4 rw\n`, '4.17', []],
    [
      'lvm with /boot apart',
      `${head}primary /boot 200 ext3 rw\nprimary - 4G- - -\ndisk_config lvm\nvg my disk1.2\nmy-root / 4G ext4 rw\n`,
      '3.4',
      [],
    ],
    [
      'all on lvm',
      `${head}primary - 4G- - -\ndisk_config lvm\nvg my disk1.1\nmy-root / 4G ext3 rw\n`,
      '4.17',
      ['no-plain-partition'],
    ],
    ['logical', `${head}logical / 4G- ext3 rw\n`, '4.17', ['logical-partition']],
    [
      'second and not marked',
      'disk_config disk1\nprimary swap 1G swap sw\nprimary / 4G- ext3 rw\n',
      '3.4',
      ['not-bootable'],
    ],
    ['the same on a later host', 'disk_config disk1\nprimary swap 1G swap sw\nprimary / 4G- ext3 rw\n', '4.4', []],
    ['no root', `${head}primary swap 1G swap sw\n`, '4.17', ['no-root-volume']],
  ])('%s', (_, text, version, wanted) => expect(codes(text, version)).toEqual(wanted));
  test('is told from a menu', () => expect([isDiskConfig(`# x\n${head}`), isDiskConfig(two)]).toEqual([true, false]));
});

test('long lines and many newlines are read in no time worth speaking of', () => {
  const hostile = `menuentry ${'"" '.repeat(200_000)}{\n`;
  expect(pygrubChoice({ menuLst: null, grubCfg: hostile }, xen('4.17')).entry).toBeNull();
  expect(isDiskConfig('\n'.repeat(500_000))).toBe(false);
});

test('no text makes the readers throw', () => {
  const word = fc.constantFrom(
    'title A',
    'menuentry "A" {',
    '}',
    'set default=',
    'set x',
    'default -',
    'root (hd0,',
    'kernel (',
    'linux ',
    'submenu x {',
    'function f {',
    'root (hd0,0)',
    'set root="',
    '\r',
    '=',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(word, fc.string()), { maxLength: 12 }),
      fc.constantFrom('3.4', '4.0', '4.1', '4.4', '4.17'),
      (lines, version) => {
        const text = lines.join('\n');
        pygrubFindings({ menuLst: text, grubCfg: null }, xen(version), () => null);
        pygrubFindings({ menuLst: null, grubCfg: text }, xen(version), () => null);
        diskConfigFindings(text, xen(version));
      },
    ),
    { numRuns: 500 },
  );
});
