import { describe, expect, test } from 'vitest';
import {
  type LineRecord,
  lineAsBooted,
  lineWordFindings,
  takesLoaderArgs,
} from '../../source/boot/methods/eliloader-line.ts';
import type { Loader } from '../../source/boot/releases.ts';

const plain: LineRecord = {
  PV_args: 'ip=dhcp quiet',
  PV_legacy_args: '',
  PV_bootloader_args: '',
  other_config: {},
};

describe('PV-bootloader-args', () => {
  test.each<[string, Loader, boolean]>([
    ['', 2010, true],
    ['-q', 2010, true],
    ['--quiet --logging', 2010, true],
    ['--args=quiet', 2010, true],
    ['--kernel /boot/vmlinuz', 2010, false],
    ['--kernel=/boot/vmlinuz', 2016, false],
    ['--entry 0', 2016, false],
    ['-x', 2016, false],
    ['--vm=another', 2016, false],
    ['stray', 2010, false],
    ['stray', 2012, true],
    ['stray --kernel=x', 2016, true],
    ['-q  -q', 2010, false],
    ['-q  -q', 2012, true],
  ])('%j in the loader of %s: %s', (args, loader, taken) => expect(takesLoaderArgs(args, loader)).toBe(taken));
});

describe('the line as the kernel gets it', () => {
  const all: LineRecord = {
    PV_args: 'ip=dhcp',
    PV_legacy_args: 'old',
    PV_bootloader_args: '-q --args=more --args=',
    other_config: { 'install-vnc': '1', 'install-vncpasswd': 'pw', 'install-args': 'last' },
  };

  test.each<[string, LineRecord, Loader, string]>([
    ['PV-args alone, with the loader’s two blanks', plain, 2010, 'ip=dhcp quiet  '],
    ['the same in 2015', plain, 2015, 'ip=dhcp quiet  '],
    ['added by xenopsd', plain, 2016, '   ip=dhcp quiet'],
    ['all there is, 2010', all, 2010, 'old ip=dhcp more   vnc vncpassword=pw'],
    ['all there is, 2015', all, 2015, 'old ip=dhcp more   vnc vncpassword=pw last'],
    ['all there is, 2016', all, 2016, 'more   vnc vncpassword=pw last old ip=dhcp'],
    ['install-vnc=no', { ...plain, other_config: { 'install-vnc': 'no' } }, 2010, 'ip=dhcp quiet  '],
  ])('%s', (_, record, loader, line) => expect(lineAsBooted(record, loader)).toBe(line));

  test.each<[string, Partial<LineRecord>, Loader, string[]]>([
    ['nothing', {}, 2010, []],
    ['legacy arguments', { PV_legacy_args: 'old' }, 2010, ['legacy-args']],
    ['install-vnc', { other_config: { 'install-vnc': 'true' } }, 2010, ['install-vnc']],
    ['install-vnc=false', { other_config: { 'install-vnc': 'false' } }, 2010, []],
    ['a VNC password', { other_config: { 'install-vncpasswd': 'pw' } }, 2016, ['install-vnc']],
    ['install-args', { other_config: { 'install-args': '' } }, 2016, ['install-args']],
  ])('%s', (_, more, loader, codes) => {
    const found = lineWordFindings({ ...plain, ...more }, loader);
    expect(found.map(({ code }) => code)).toEqual(codes);
    expect(JSON.stringify(found)).not.toContain('pw');
  });

  test('install-args is told of where the loader does not know it, too', () => {
    const record = { ...plain, other_config: { 'install-args': 'x' } };
    expect(lineWordFindings(record, 2010)[0]?.message).toContain('does not know');
    expect(lineWordFindings(record, 2015)[0]?.message).toContain('"x"');
  });
});
