import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BootRecord, installState } from '../../source/boot/install-state.ts';
import { kernelFacts, kernelFindings, kernelSummary } from '../../source/boot/kernel-verdict.ts';
import { formatMark, readMark, staleMarks } from '../../source/boot/marks.ts';
import { isUsableRepository, netbootUrls, sourceFindings } from '../../source/boot/methods/eliloader.ts';
import { hostRelease, parseXenVersion } from '../../source/boot/releases.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';

const lenny = { repository: 'http://myrepo.example.com/debian-custom', release: 'lenny', arch: 'i386' };

describe('the URLs eliloader asks for', () => {
  test('are literally those of the page', () => {
    const root = 'http://myrepo.example.com/debian-custom/';
    expect(netbootUrls(lenny, 2010)).toEqual({
      kernel: `${root}dists/lenny/main/installer-i386/current/images/netboot/xen/vmlinuz`,
      initrd: `${root}dists/lenny/main/installer-i386/current/images/netboot/xen/initrd.gz`,
    });
  });

  test.each([
    ['http://r/d/dists/lenny/', 2010, 'http://r/d/dists/lenny/dists/lenny/main/'],
    ['http://r/d/dists/lenny/', 2012, 'http://r/d/dists/lenny/main/'],
    ['http://r/d/dists/', 2012, 'http://r/d/dists/dists/lenny/main/'],
    ['http://r/d', 2014, 'http://r/d/dists/lenny/main/'],
  ] as const)('%s in the loader of %i', (repository, loader, start) => {
    expect(netbootUrls({ ...lenny, repository }, loader).kernel).toMatch(new RegExp(`^${start}installer-i386/`));
  });

  test.each([
    ['https://r/d', 'repository-https'],
    ['', 'no-repository'],
    ['cdrom', 'repository-cdrom'],
    ['gopher://r', 'repository-scheme'],
    ['nfs:server/path', 'repository-nfs'],
    ['http://user:pw@r/d', 'repository-credentials'],
    ['http://r/a b', 'repository-blank'],
  ])('%s is an error: %s', (repository, code) => {
    const found = sourceFindings({ ...lenny, repository }).filter((finding) => finding.severity === 'error');
    expect(found.map((finding) => finding.code)).toContain(code);
  });

  test.each(['http://r/d', 'ftp://r/d', 'nfs://server/path', 'nfs:server:/path'])('%s is fine', (repository) => {
    expect(sourceFindings({ ...lenny, repository })).toEqual([]);
    expect(isUsableRepository(repository)).toBe(true);
  });

  test('a missing release is told, because the loader would write None', () => {
    expect(sourceFindings({ ...lenny, release: '' })[0]?.code).toBe('no-release');
  });
});

describe('kernels', () => {
  const xen34 = parseXenVersion('3.4.2');
  const image = (options: Partial<Parameters<typeof kernelImage>[0]> = {}) =>
    kernelImage({ arch: 'i386', version: '2.6.32-4-686-bigmem', ...options });
  const errors = (data: Uint8Array, arch = 'i386') =>
    kernelFindings(kernelFacts(data), xen34, arch)
      .filter((finding) => finding.severity === 'error')
      .map((finding) => finding.code);

  test('a PV kernel passes and says what it is', () => {
    const facts = kernelFacts(image());
    expect(kernelSummary(facts)).toBe('Xen PV, 32-bit PAE');
    expect(facts.release).toBe('2.6.32-4-686-bigmem');
    expect(errors(image())).toEqual([]);
    expect(kernelSummary(kernelFacts(image({ arch: 'amd64' })))).toBe('Xen PV, 64-bit');
    expect(errors(image({ raw: true }))).toEqual([]);
  });

  test.each([
    ['without ENTRY', image({ entryNote: false }), 'kernel-not-pv'],
    ['of boot protocol 2.06', image({ protocol: 0x0206 }), 'kernel-broken'],
    ['without PAE', image({ pae: 'no' }), 'kernel-no-pae'],
    ['cut off', image().subarray(0, 1100), 'kernel-broken'],
    ['a web page', Buffer.from('<html>404</html>'), 'not-a-kernel'],
    ['empty', Buffer.alloc(0), 'not-a-kernel'],
    ['three bytes', Buffer.from('abc'), 'not-a-kernel'],
  ])('%s is refused', (_, data, code) => expect(errors(data)).toContain(code));

  test('an architecture that does not fit is a warning', () => {
    const findings = kernelFindings(kernelFacts(image({ arch: 'amd64' })), xen34, 'i386');
    expect(findings.map((finding) => finding.code)).toEqual(['kernel-arch']);
  });

  test('a compression is judged by the Xen of the host', () => {
    const xz = image();
    Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]).copy(xz, 1024);
    const of = (xen: string | null) =>
      kernelFindings(kernelFacts(xz), xen === null ? null : parseXenVersion(xen), 'i386').find(
        (finding) => finding.code === 'kernel-packing',
      );
    expect(of('3.4')?.severity).toBe('error');
    expect(of('3.4')?.message).toContain('Xen 4.2');
    expect(of('4.2')).toBeUndefined();
    expect(of(null)?.severity).toBe('warning');
  });

  test('no bytes make the reader throw', () => {
    const good = image();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(good.length), (noise, at) => {
        kernelFacts(noise);
        const broken = Buffer.from(good);
        broken.set(noise.subarray(0, Math.max(0, broken.length - at)), at);
        kernelFindings(kernelFacts(broken), xen34, 'i386');
        kernelFacts(good.subarray(0, at));
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['5.6.0', '5.6', 2010],
  ['5.6.100', '5.6', 2010],
  ['6.1.0', '6.1', 2012],
  ['7.2.0', '7.1', 2014],
  ['8.3.0', '8.3', 2014],
])('product %s is release %s with the loader of %i', (product, release, loader) => {
  expect(hostRelease(product)).toMatchObject({ release, loader });
});

describe('marks', () => {
  const mark = { vm: 'u1', run: 'r', at: '2010-11-15T10:53:00.000Z', by: 'me@here', release: 'lenny' };

  test('are read by their own VM only', () => {
    const words = { 'xenfai:armed': formatMark(mark) };
    expect(readMark(words, 'armed', 'u1')).toEqual(mark);
    expect(readMark(words, 'armed', 'u2')).toBeNull();
    expect(staleMarks(words, 'u2')).toEqual(['xenfai:armed']);
    expect(staleMarks(words, 'u1')).toEqual([]);
  });

  test.each(['', '{', 'null', '[]', '{"vm":"u1"}', '{"vm":"u1","at":"never"}'])('damaged: %s', (text) => {
    expect(readMark({ 'xenfai:armed': text }, 'armed', 'u1')).toBeNull();
  });
});

describe('install state', () => {
  const vm: BootRecord = {
    uuid: 'u1',
    power_state: 'Halted',
    PV_bootloader: 'eliloader',
    PV_args: 'whatever',
    HVM_boot_policy: '',
    other_config: {
      'install-distro': 'debianlike',
      'install-repository': 'http://r/d',
      'debian-release': 'lenny',
      'install-arch': 'i386',
    },
  };
  const good = { hasFai: true, errors: false };
  const without = (key: string) => ({ ...vm, other_config: { ...vm.other_config, [key]: '' } });
  const { 'install-distro': _, ...noDistro } = vm.other_config;

  test.each([
    ['all there', vm, 'armed', []],
    ['no distro', { ...vm, other_config: noDistro }, 'half-armed', ['distro']],
    ['no repository', without('install-repository'), 'half-armed', ['repository']],
    ['no release', without('debian-release'), 'half-armed', ['release']],
    ['no arch', without('install-arch'), 'half-armed', ['arch']],
    ['a round left', { ...vm, other_config: { ...vm.other_config, 'install-round': '2' } }, 'half-armed', ['round']],
    ['HVM', { ...vm, HVM_boot_policy: 'BIOS order' }, 'half-armed', ['hvm']],
    ['running', { ...vm, power_state: 'Running' }, 'half-armed', ['halted']],
    ['half a rearm the other way', { ...vm, PV_bootloader: 'pygrub' }, 'half-armed', ['bootloader']],
    ['fired', { ...vm, PV_bootloader: 'pygrub', other_config: noDistro }, 'fired', []],
  ] as const)('%s', (_name, record, state, missing) => {
    expect(installState(record, good)).toEqual({ state, missing });
  });

  test('a kernel line without FAI words, or with errors, is what is missing', () => {
    expect(installState(vm, { hasFai: false, errors: false }).missing).toEqual(['args']);
    expect(installState(vm, { hasFai: true, errors: true }).missing).toEqual(['args']);
  });

  test('installed and disarmed by the mark, unless armed since', () => {
    const at = (time: string) => JSON.stringify({ vm: 'u1', run: 'r', by: 'b', at: time });
    const done = {
      ...vm,
      PV_bootloader: 'pygrub',
      other_config: { ...noDistro, 'xenfai:installed': at('2010-11-15T12:00:00Z') },
    };
    expect(installState(done, good).state).toBe('installed');
    expect(installState(done, { hasFai: false, errors: false }).state).toBe('disarmed');
    const again = { ...done, other_config: { ...done.other_config, 'xenfai:armed': at('2010-11-16T12:00:00Z') } };
    expect(installState(again, good).state).toBe('fired');
  });

  test('a VM of another trade is other', () => {
    const hvm = { ...vm, PV_bootloader: '', HVM_boot_policy: 'BIOS order', other_config: {} };
    expect(installState(hvm, { hasFai: false, errors: false }).state).toBe('other');
  });
});
