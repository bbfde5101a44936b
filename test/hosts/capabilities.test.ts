import { expect, test } from 'vitest';
import { guestFindings, networkBoot, networkBootText } from '../../source/boot/network-boot.ts';
import { hostRelease, knownReleases, shownRelease } from '../../source/boot/releases.ts';
import { capabilities } from '../../source/hosts/capabilities.ts';

const of = (product: string, guests?: readonly string[]) => capabilities(hostRelease(product), guests);

test.each([
  ['5.6.0', '5.6', 'pv', 2010, null, 'next', ['rfb'], false, false],
  ['5.6.100', '5.6 FP1', 'pv', 2010, null, 'next', ['rfb'], false, false],
  ['6.0.2', '6.0', 'pv', 2010, null, 'from', ['rfb', 'vt100'], false, false],
  ['6.1.0', '6.1', 'pv', 2012, null, 'from', ['rfb', 'vt100'], false, false],
  ['6.2.0', '6.2', 'pv', 2012, null, 'from', ['rfb', 'vt100'], true, false],
  ['6.5.0', '6.5', 'pv', 2014, null, 'from', ['rfb', 'vt100'], true, true],
  ['7.0.0', '7.0', 'pv', 2015, null, 'from', ['rfb', 'vt100'], true, true],
  ['7.1.2', '7.1', 'pv', 2016, null, 'from', ['rfb', 'vt100'], true, true],
  ['7.2.0', '7.2', 'pv', 2016, null, 'from', ['rfb', 'vt100'], true, true],
  ['7.3.0', '7.3', 'pv', 2016, null, 'from', ['rfb', 'vt100'], true, true],
  ['7.4.0', '7.4', 'pv', 2016, null, 'from', ['rfb', 'vt100'], true, true],
  ['7.5.0', '7.5', 'pv', 2016, 'pv', 'from', ['rfb', 'vt100'], true, true],
  ['7.6.0', '7.6', 'pv', 2016, 'pv', 'from', ['rfb', 'vt100'], true, true],
  ['8.0.0', '8.0', 'pv', 2016, 'pv', 'from', ['rfb', 'vt100'], true, true],
  ['8.1.0', '8.1', 'pv', 2016, 'pv', 'from', ['rfb', 'vt100'], true, true],
  ['8.2.1', '8.2', 'pv-in-pvh', 2016, 'pv_in_pvh', 'from', ['rfb', 'vt100'], true, true],
  ['8.3.0', '8.3', 'hvm-only', 'none', 'pv_in_pvh', 'from', ['rfb', 'vt100'], true, true],
  ['8.4.0', '8.3', 'hvm-only', 'none', 'pv_in_pvh', 'from', ['rfb', 'vt100'], true, true],
  ['9.0.0', null, 'unknown', 2016, null, 'from', ['rfb', 'vt100'], true, true],
])('a host of %s', (product, release, boots, loader, pvDomain, events, consoles, rawVdiExport, jsonRpc) => {
  const able = { release, networkBoot: boots, loader, pvDomain, events, consoles, rawVdiExport, jsonRpc };
  expect(of(product)).toEqual(able);
});

test('what the hypervisor takes counts more than the release', () => {
  const hvm = ['hvm-3.0-x86_32', 'hvm-3.0-x86_64'];
  const both = ['xen-3.0-x86_64', 'xen-3.0-x86_32p', ...hvm];
  expect(of('5.6.0', both).networkBoot).toBe('pv');
  expect(of('8.1.0', both).networkBoot).toBe('pv');
  expect(of('8.2.1', both).networkBoot).toBe('pv-in-pvh');
  expect(of('8.2.1', ['xen-3.0-x86_64', ...hvm]).networkBoot).toBe('pv-64');
  expect(of('8.1.0', hvm).networkBoot).toBe('pv-in-pvh');
  expect(of('8.3.0', both).networkBoot).toBe('hvm-only');
  expect(networkBoot(null, both)).toBe('unknown');
});

test.each([
  ['', 1, 7, '5.6'],
  ['1.6.10', 1, 10, '6.1'],
  ['0.0', 2, 16, '8.2'],
  ['', 2, 21, '8.3'],
  ['', 0, 0, undefined],
  ['9.0.0', 2, 21, undefined],
  ['', 3, 0, undefined],
])('product %j with API %i.%i is release %s', (product, major, minor, release) => {
  expect(shownRelease(product, { major, minor })?.release).toBe(release);
});

test('a sentence follows where something is not as ever, and says what to do about 32-bit guests', () => {
  expect(networkBootText('pv')).toBe('');
  for (const kind of ['pv-64', 'pv-in-pvh', 'hvm-only', 'unknown'] as const)
    expect(networkBootText(kind)).toMatch(/\.$/);
  expect(guestFindings('i386', 'pv-64')).toMatchObject([{ severity: 'error', code: 'guest-32-bit' }]);
  expect(guestFindings('i386', 'pv-in-pvh')).toMatchObject([{ severity: 'warning' }]);
  for (const kind of ['pv-64', 'pv-in-pvh', 'pv', null] as const) expect(guestFindings('amd64', kind)).toEqual([]);
  expect(guestFindings('i386', 'pv')).toEqual([]);
});

test('every release that is known is found by its product and by its API', () => {
  expect(knownReleases).toHaveLength(17);
  for (const release of knownReleases) {
    const product = release === '5.6 FP1' ? '5.6.100' : `${release}.0`;
    const found = hostRelease(product);
    expect(found?.release).toBe(release);
    expect(shownRelease('', found?.api ?? { major: 0, minor: 0 })?.release).toBe(release);
  }
});
