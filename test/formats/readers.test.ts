import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arMembers, type ReadAt } from '../../source/formats/ar.ts';
import { openDeb } from '../../source/formats/deb.ts';
import { paragraphs, readParagraph, unsigned } from '../../source/formats/deb822.ts';
import { isoFiles } from '../../source/formats/iso9660.ts';
import { packageFindings } from '../../source/repository/archive/findings.ts';
import { dependsOf, scanPackages } from '../../source/repository/archive/packages.ts';
import { readRelease, releaseFindings } from '../../source/repository/archive/release.ts';
import { depotPackages } from '../../source/simulator/depot/packages.ts';
import { depotFiles } from '../../source/simulator/depot/server.ts';

const signal = new AbortController().signal;
const inMemory =
  (data: Uint8Array): ReadAt =>
  (offset, length) =>
    Promise.resolve(data.subarray(Math.max(0, offset), Math.max(0, offset) + Math.max(0, length)));

async function* pieces(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const data = Buffer.from(text);
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

describe('control files', () => {
  test('fields, continuations, comments', () => {
    const fields = readParagraph(
      'Package: a\n# no\nDescription: short\n long\n .\nDepends: b (>= 1),\n c\nnonsense\n',
    );
    expect(Object.fromEntries(fields)).toEqual({
      package: 'a',
      description: 'short\nlong\n.',
      depends: 'b (>= 1),\nc',
    });
    expect(dependsOf('b (>= 1) | c:any,\n d, ${x}')).toEqual([['b', 'c'], ['d']]);
  });

  test('a signed Release is read without its armour', () => {
    const text =
      '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nSuite: lenny\nArchitectures: i386\n- -----x\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n';
    expect(unsigned(text)).toBe('Suite: lenny\nArchitectures: i386\n-----x');
    expect(readRelease(text)).toMatchObject({ suite: 'lenny', architectures: ['i386'] });
    expect(readRelease('<html>no</html>')).toBeNull();
  });

  test('paragraphs come out of pieces of any size; a huge one is passed over', async () => {
    const text = `Package: a\n\n\nPackage: b\nX: y\n \n\nPackage: c`;
    for (const size of [1, 3, 1000]) {
      const names: (string | undefined)[] = [];
      for await (const one of paragraphs(pieces(text, size), () => true)) names.push(one.get('package'));
      expect(names).toEqual(['a', 'b', 'c']);
    }
    const huge = `Package: x\nY: ${'z'.repeat(3 * 1024 * 1024)}\n\nPackage: linux-image-9\n`;
    const found = await scanPackages(pieces(huge, 65_536));
    expect([...found.keys()]).toContain('linux-image-9');
  });
});

const now = new Date('2026-11-24T12:00:00Z');
const good = Buffer.from(depotFiles().get('/dists/lenny/Release') ?? '').toString();

test.each<[string, string, string[]]>([
  ['as it should be', good, []],
  ['another name', good.replaceAll('lenny', 'etch'), ['release-name']],
  ['another architecture', good.replace('amd64 i386', 'amd64'), ['release-arch']],
  ['no main', good.replace('Components: main', 'Components: contrib'), ['release-components']],
  ['from the future', good.replace('15 Nov 2010', '15 Nov 2030'), ['release-date']],
  ['without a date', good.replace(/Date: .*\n/, ''), ['release-date']],
  ['expired', `${good}Valid-Until: Mon, 22 Nov 2010 10:53:00 UTC\n`, ['release-expired']],
  ['without hashes', good.replace(/SHA256:.*$/s, ''), ['release-hashes']],
])('a Release %s', (_, text, wanted) => {
  const release = readRelease(text);
  expect(
    release === null
      ? null
      : releaseFindings(release, { release: 'lenny', arch: 'i386' }, now).map(({ code }) => code),
  ).toEqual(wanted);
});

describe('packages', () => {
  const listed = async (change: (text: string) => string) =>
    scanPackages(
      pieces(change(Buffer.from(depotFiles().get('/dists/lenny/main/binary-i386/Packages') ?? '').toString()), 333),
    );
  const codes = async (change: (text: string) => string, kernel: string | null = '2.6.32-4-686-bigmem') =>
    packageFindings(await listed(change), kernel, { release: 'lenny', arch: 'i386' }).map(({ code }) => code);

  test('the page’s three are there, or are missed', async () => {
    expect(await codes((text) => text)).toEqual([]);
    expect(await codes((text) => text.replace('Package: linux-image-2.6.32-4-686-bigmem', 'Package: x'))).toEqual([
      'meta-depends',
      'kernel-package',
    ]);
    expect(await codes((text) => text.replace('Package: linux-image-2.6-xen', 'Package: x'))).toEqual([
      'no-meta-package',
    ]);
    expect(await codes((text) => text.replace('Package: xe-guest-utilities', 'Package: x'))).toEqual([
      'no-guest-utilities',
    ]);
    expect(await codes(() => '', '6.1.0-50-amd64')).toEqual(['kernel-package', 'no-guest-utilities']);
  });
});

describe('packages and discs from anywhere', () => {
  const [first] = depotPackages().filter(({ file }) => file.includes('bigmem'));
  const deb = first?.data ?? Buffer.alloc(0);

  test('a package is what dpkg says', async () => {
    const opened = await openDeb(inMemory(deb), signal);
    expect(opened).toMatchObject({ name: 'linux-image-2.6.32-4-686-bigmem', arch: 'i386' });
    const files = await opened.files('boot/', () => true, 10_000);
    expect([...files.keys()]).toEqual([
      'boot/System.map-2.6.32-4-686-bigmem',
      'boot/config-2.6.32-4-686-bigmem',
      'boot/vmlinuz-2.6.32-4-686-bigmem',
    ]);
    await expect(opened.files('boot/', () => true, 20)).rejects.toThrow('larger than it should be');
  });

  test('no bytes make the readers do anything but refuse', async () => {
    const disc = Buffer.alloc(40 * 2048);
    disc.write('\x01CD001', 16 * 2048, 'latin1');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(), async (noise, where) => {
        await arMembers(inMemory(noise));
        const broken = Buffer.from(deb);
        broken.set(
          noise.subarray(0, broken.length),
          where % (broken.length - Math.min(noise.length, broken.length) + 1),
        );
        await openDeb(inMemory(broken), signal)
          .then((one) => one.files('boot/', () => true, 1e6))
          .catch((error: Error) => expect(error).toBeInstanceOf(Error));
        const spoilt = Buffer.from(disc);
        spoilt.set(noise, 16 * 2048 + 150);
        spoilt.set(noise, 18 * 2048);
        expect((await isoFiles(inMemory(spoilt)))?.length ?? 0).toBeLessThanOrEqual(20_000);
        readRelease(Buffer.from(noise).toString('latin1'));
        await scanPackages(pieces(Buffer.from(noise).toString('latin1')));
      }),
      { numRuns: 200 },
    );
  });

  test('a folder that holds itself ends', async () => {
    const disc = Buffer.alloc(40 * 2048);
    disc.write('\x01CD001', 16 * 2048, 'latin1');
    const record = (name: string, extent: number, folder: boolean): Buffer => {
      const bytes = Buffer.alloc(33 + name.length + ((name.length + 1) % 2));
      bytes.writeUInt8(bytes.length, 0);
      bytes.writeUInt32LE(extent, 2);
      bytes.writeUInt32LE(2048, 10);
      bytes.writeUInt8(folder ? 2 : 0, 25);
      bytes.writeUInt8(name.length, 32);
      bytes.write(name, 33, 'latin1');
      return bytes;
    };
    record('\0', 20, true).copy(disc, 16 * 2048 + 156);
    Buffer.concat([record('A', 20, true), record('B', 21, true), record('F.DEB;1', 30, false)]).copy(disc, 20 * 2048);
    record('BACK', 20, true).copy(disc, 21 * 2048);
    expect(await isoFiles(inMemory(disc))).toEqual([{ path: 'F.DEB', offset: 30 * 2048, size: 2048 }]);
  });
});
