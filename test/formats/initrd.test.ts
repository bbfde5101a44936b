import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initrdFindings, initrdSummary } from '../../source/boot/initrd-verdict.ts';
import { CpioReader } from '../../source/formats/cpio.ts';
import { initrdFormat } from '../../source/formats/initrd.ts';
import { readInitrd } from '../../source/formats/read-initrd.ts';
import { lineFindings } from '../../source/repository/initrd-and-line.ts';
import { cpio, initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { goodArgs } from '../harness.ts';

const signal = new AbortController().signal;

/** In pieces of any size, as a network brings them. */
async function* pieces(data: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

const read = (data: Uint8Array, size?: number) => readInitrd(pieces(data, size), signal);
const codes = (facts: Awaited<ReturnType<typeof read>>, kernel: string | null = null, line?: string) =>
  [...initrdFindings(facts, kernel), ...lineFindings(facts, line)].map(({ code, severity }) => `${severity} ${code}`);

const version = '2.6.32-4-686-bigmem';
const modules = (folder: string, ...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${folder}lib/modules/${version}/${name}`, '']));
const dracut = { ...modules('usr/', 'xen-netfront.ko.xz'), 'usr/lib/dracut-lib.sh': '' };
const modern = 'console=hvc0 root=10.1.1.6:/srv/fai/nfsroot rootovl ip=dhcp FAI_ACTION=install';

describe('an initrd', () => {
  test('is read to its end: format, maker, modules, network card', async () => {
    const facts = await read(initrdImage(version));
    expect(facts).toMatchObject({
      format: 'gzip',
      kind: 'live-boot',
      modules: [version],
      netfront: 'module',
      problem: null,
    });
    expect(initrdSummary(facts)).toBe(`gzip, live-boot, modules of ${version}`);
    expect(codes(facts, version, goodArgs)).toEqual([]);
  });

  test('with microcode before it, and with usr merged', async () => {
    const early = cpio({ 'kernel/x86/microcode/AuthenticAMD.bin': 'x'.repeat(77) });
    const both = Buffer.concat([early, Buffer.alloc(612), gzipSync(cpio(dracut))]);
    expect(await read(both)).toMatchObject({
      format: 'gzip',
      kind: 'dracut',
      modules: [version],
      netfront: 'module',
    });
    expect(await read(Buffer.concat([early, Buffer.alloc(3)]))).toMatchObject({
      format: 'cpio',
      problem: null,
      modules: [],
    });
    expect(await read(Buffer.concat([early, Buffer.from('noise')]))).toMatchObject({
      problem: expect.stringContaining('unknown'),
    });
  });

  test('a driver that is built in counts', async () => {
    const builtin = {
      [`lib/modules/${version}/modules.builtin`]: 'kernel/fs/ext3.ko\nkernel/drivers/net/xen-netfront.ko\n',
    };
    expect((await read(gzipSync(cpio(builtin)))).netfront).toBe('builtin');
    const without = await read(gzipSync(cpio(modules('', 'ext3.ko'))));
    expect(codes(without, version)).toEqual(['warning initrd-netfront']);
  });

  test.each<[string, Uint8Array, string | null, string | undefined, string[]]>([
    ['a web page', Buffer.from('<!DOCTYPE html><p>no'), null, undefined, ['error not-an-initrd']],
    ['empty', Buffer.alloc(0), null, undefined, ['error not-an-initrd']],
    ['cut off', initrdImage(version).subarray(0, 20_000), version, undefined, ['error initrd-broken']],
    ['an archive cut inside', gzipSync(cpio(dracut).subarray(0, -300)), version, undefined, ['error initrd-broken']],
    ['no archive inside', gzipSync('hello, this is text'), null, undefined, ['error initrd-broken']],
    ['modules of another kernel', initrdImage('2.6.26-2-686'), version, undefined, ['error initrd-modules']],
    ['dracut for a line of live-boot', gzipSync(cpio(dracut)), version, goodArgs, ['error initrd-dialect']],
    ['live-boot for a line of dracut', initrdImage(version), version, modern, ['error initrd-dialect']],
    ['dracut for dracut', gzipSync(cpio(dracut)), version, modern, []],
    [
      'debian-installer with FAI words',
      gzipSync(cpio({ ...dracut, 'bin/anna': '' })),
      version,
      goodArgs,
      ['error initrd-installer'],
    ],
    [
      'debian-installer for itself',
      gzipSync(cpio({ ...dracut, 'bin/anna': '' })),
      version,
      'console=hvc0',
      ['info initrd-installer'],
    ],
    [
      'debian-installer, no line known',
      gzipSync(cpio({ ...dracut, 'bin/anna': '' })),
      version,
      undefined,
      ['warning initrd-installer'],
    ],
    ['the old form of cpio', Buffer.from('070707000000'), null, undefined, ['error not-an-initrd']],
  ])('%s', async (_, data, kernel, line, wanted) => {
    expect(codes(await read(data), kernel, line)).toEqual(wanted);
  });

  test('a packing that the kernel is too old for is an error, with no kernel known a warning', () => {
    const facts = {
      format: 'xz',
      head: new Uint8Array(),
      seen: true,
      problem: null,
      modules: [],
      netfront: 'module',
      kind: null,
      files: 1,
    } as const;
    expect(initrdFindings(facts, '2.6.32-4-amd64').map(({ severity }) => severity)).toEqual(['error']);
    expect(initrdFindings(facts, '2.6.38').map(({ severity }) => severity)).toEqual(['info']);
    expect(initrdFindings(facts, null).map(({ severity }) => severity)).toEqual(['warning']);
    expect(initrdFormat(Buffer.from([0x04, 0x22, 0x4d, 0x18]))).toBe('lz4');
  });

  test('an interrupt ends it', async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield gzipSync(cpio(dracut)).subarray(0, 50);
      controller.abort();
      yield Buffer.alloc(10);
    }
    await expect(readInitrd(endless(), controller.signal)).rejects.toThrow();
  });
});

test('an archive is read the same however it is cut into pieces', () => {
  const data = cpio({ a: 'x', 'b/c': 'y'.repeat(1001), './usr/lib/d': '', e: 'kept' });
  const seen = (sizes: readonly number[]) => {
    const names: string[] = [];
    let kept = '';
    const reader = new CpioReader({
      onEntry: ({ name, size }) => names.push(`${name} ${size}`),
      wanted: ({ name }) => name === 'e',
      onData: (_, bytes) => {
        kept = Buffer.from(bytes).toString();
      },
    });
    let at = 0;
    for (let i = 0; at < data.length; i += 1) {
      const size = sizes[i % sizes.length] ?? 1;
      // The buffer is used again by whoever reads: nothing of it may be kept.
      const piece = Uint8Array.from(data.subarray(at, at + size));
      reader.push(piece);
      piece.fill(0xff);
      at += size;
    }
    return { names, kept, complete: reader.complete, problem: reader.problem };
  };
  const whole = seen([data.length]);
  expect(whole).toEqual({
    names: ['a 1', 'b/c 1001', 'usr/lib/d 0', 'e 4'],
    kept: 'kept',
    complete: true,
    problem: null,
  });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 9 }), (sizes) => {
      expect(seen(sizes)).toEqual(whole);
    }),
  );
});

test('no bytes make the reader throw, hang, or keep what it should not', async () => {
  const good = initrdImage(version);
  const plain = cpio(dracut);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(2000), fc.boolean(), async (noise, at, packed) => {
      await read(noise);
      const broken = Buffer.from(packed ? good : plain);
      broken.set(
        noise.subarray(0, Math.max(0, Math.min(noise.length, broken.length - at))),
        Math.min(at, broken.length),
      );
      const facts = await read(broken, 333);
      initrdFindings(facts, version);
      expect(facts.modules.length).toBeLessThanOrEqual(16);
    }),
    { numRuns: 150 },
  );
});
