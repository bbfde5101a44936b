import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { kernelFacts, kernelFindings, kernelSummary } from '../../source/boot/kernel-verdict.ts';
import {
  isUsableRepository,
  type NetbootSource,
  needsRelease,
  netbootUrls,
  proxyFindings,
  proxyUrl,
  sourceFindings,
} from '../../source/boot/methods/eliloader.ts';
import { hostRelease, type Loader } from '../../source/boot/releases.ts';
import { parseVersion } from '../../source/boot/version.ts';
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

  test.each(['http://r/d', 'ftp://r/d', 'nfs://server/path', 'nfs://server:/path', 'nfs:server:/path'])(
    '%s is fine',
    (repository) => {
      for (const loader of [2010, 2016, null] as const) {
        expect(sourceFindings({ ...lenny, repository }, loader)).toEqual([]);
      }
      expect(isUsableRepository(repository)).toBe(true);
    },
  );

  type Row = readonly [NetbootSource, Loader | null, readonly string[]];
  const byPaths = (kernel: string) => ({ ...lenny, paths: { kernel, ramdisk: 'xen/initrd.gz' } });
  const named = { ...lenny, repository: 'http://r/d/dists/lenny', release: '' };

  test.each<Row>([
    [{ ...lenny, repository: 'nfs:server:/a:b' }, 2010, ['error repository-nfs']],
    [{ ...lenny, repository: 'nfs:server:/a:b' }, 2012, []],
    [{ ...lenny, repository: 'nfs:server:/a:b' }, null, ['warning repository-nfs']],
    [{ ...lenny, repository: 'nfs://server/a:b' }, 2010, ['error repository-nfs']],
    [{ ...lenny, repository: 'nfs://server' }, 2016, ['error repository-nfs']],
    [{ ...lenny, repository: 'nfs:///path' }, 2016, ['error repository-nfs']],
    [{ ...lenny, repository: 'nfs:server:path' }, 2016, ['error repository-nfs']],
    [{ ...lenny, release: '' }, 2016, ['error no-release']],
    [{ ...lenny, release: '' }, null, ['error no-release']],
    [named, 2010, ['error no-release']],
    [named, 2012, []],
    [named, null, ['warning no-release']],
    [{ ...lenny, repository: 'http://r/d/dists//' }, 2012, ['warning repository-dists']],
    [{ ...lenny, repository: 'http://r/d/../e' }, 2010, ['warning path-dots']],
    [byPaths('xen/vmlinuz'), 2010, []],
    [byPaths('/xen/vmlinuz'), 2010, ['warning path-slash']],
    [byPaths('xen/../vmlinuz'), 2010, ['warning path-dots']],
    [byPaths('xen/vm linuz'), 2010, ['error path-word']],
    [byPaths(''), 2010, ['error no-path']],
  ])('%j for the loader of %s: %j', (source, loader, found) => {
    expect(sourceFindings(source, loader).map(({ severity, code }) => `${severity} ${code}`)).toEqual(found);
  });

  test('a path with a slash in front is asked for as the loader joins it', () => {
    expect(netbootUrls(byPaths('/xen/vmlinuz'), 2010).kernel).toBe(`${lenny.repository}//xen/vmlinuz`);
  });

  test.each([
    ['', 2010, 'fine'],
    ['http://proxy:3128', 2010, 'fine'],
    ['http://proxy:3128', null, 'fine'],
    ['proxy:3128', 2010, 'error'],
    ['proxy:3128', 2014, 'error'],
    ['proxy:3128', 2015, 'fine'],
    ['proxy:3128', null, 'warning'],
    ['https://proxy', 2016, 'error'],
    ['pro xy/x', 2016, 'error'],
  ] as const)('install-proxy=%s in the loader of %s: %s', (proxy, loader, severity) => {
    expect(proxyFindings(proxy, loader)[0]?.severity ?? 'fine').toBe(severity);
  });

  test('a proxy without its scheme is asked over http', () => {
    expect(proxyUrl('proxy:3128')).toBe('http://proxy:3128');
    expect(proxyUrl('http://proxy:3128')).toBe('http://proxy:3128');
  });

  test('the code name may stand anywhere behind /dists/', () => {
    expect(needsRelease('http://r/d/dists//lenny', 2012)).toBe(false);
    expect(needsRelease('http://r/d/dists//lenny', 2010)).toBe(true);
    expect(needsRelease('http://r/d/dists//', 2012)).toBe(true);
  });
});

describe('kernels', () => {
  const xen34 = parseVersion('3.4.2');
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
      kernelFindings(kernelFacts(xz), xen === null ? null : parseVersion(xen), 'i386').find(
        (finding) => finding.code === 'kernel-packing',
      );
    expect(of('3.4')?.severity).toBe('error');
    expect(of('3.4')?.message).toContain('Xen 4.2');
    expect(of('4.2')).toBeUndefined();
    expect(of(null)?.severity).toBe('warning');
  });

  /** A 32-bit ELF file: its segments' table, entries of this size, all of them notes; then the notes. */
  const elf = (entrySize: number, notes: readonly number[]): Uint8Array => {
    const bytes = Buffer.alloc(4096);
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1]).copy(bytes);
    bytes.writeUInt16LE(3, 18);
    bytes.writeUInt32LE(52, 28);
    bytes.writeUInt16LE(entrySize, 42);
    bytes.writeUInt16LE(0xffff, 44);
    for (const [at, value] of [4, 100, 0, 0, 0xffffffff].entries()) bytes.writeUInt32LE(value, 52 + at * 4);
    for (const [at, value] of notes.entries()) bytes.writeUInt32LE(value, 100 + at * 4);
    return bytes;
  };

  test.each([
    ['a note that leads back to itself', elf(32, [0xfffffff0, 4, 0])],
    ['a table that is the same entry again and again', elf(0, [])],
  ])('%s is read in a moment', (_, data) => {
    const began = vi.spyOn(DataView.prototype, 'getUint32');
    kernelFacts(data);
    expect(began.mock.calls.length).toBeLessThan(1_000_000);
    began.mockRestore();
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
  ['5.6.100', '5.6 FP1', 2010],
  ['6.1.0', '6.1', 2012],
  ['7.0.0', '7.0', 2015],
  ['7.2.0', '7.2', 2016],
  ['7.4.0', '7.4', 2016],
  ['8.2.1', '8.2', 2016],
  ['8.3.0', '8.3', 'none'],
  ['8.4.0', '8.3', 'none'],
])('product %s is release %s with the loader of %s', (product, release, loader) => {
  expect(hostRelease(product)).toMatchObject({ release, loader });
});

test.each([
  ['5.6.0', 'every boot', 'refused'],
  ['6.0.2', 'every boot', 'refused'],
  ['6.1.0', 'power cycle', 'first'],
  ['7.2.0', 'power cycle', 'first'],
  ['7.3.0', 'nothing', 'first'],
  ['8.2.1', 'nothing', 'first'],
])(
  'in %s the record of the last boot tells of %s, several bootable disks: %s',
  (product, recordTells, severalDisks) => {
    expect(hostRelease(product)).toMatchObject({ recordTells, severalDisks });
  },
);
