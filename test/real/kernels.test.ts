import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { kernelFindings, kernelSummary } from '../../source/boot/kernel-verdict.ts';
import { firstXenFor } from '../../source/boot/releases.ts';
import { parseVersion } from '../../source/boot/version.ts';
import { openDeb } from '../../source/formats/deb.ts';
import { insideOf, lookIntoKernel } from '../../source/repository/check.ts';
import { type KernelOptions, kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { installer } from './debian.ts';
import { programPath, realTest } from './needs.ts';
import { downloads, temporary } from './tools.ts';

// Debian's libxenguest 4.17 is the judge: our reading of a kernel must come to its verdict.

const library = '/usr/lib/x86_64-linux-gnu/libxenguest.so.4.17';
const builder = join(import.meta.dirname, 'builder.py');
const folder = temporary('kernels');
const signal = AbortSignal.timeout(600_000);

function judge(paths: readonly string[]): (string | null)[] {
  const out = execFileSync(programPath('python3'), [builder, ...paths], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
  return out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { guest: string | null }).guest);
}

async function ours(data: Uint8Array): Promise<string | null> {
  const facts = await lookIntoKernel(data, AbortSignal.timeout(80_000));
  // Whether a 64-bit hypervisor runs it (PAE) is a question beyond the builder's recognition.
  const errors = kernelFindings(facts, parseVersion('4.17'), '').filter(
    ({ severity, code }) => severity === 'error' && code !== 'kernel-no-pae',
  );
  return errors.length > 0 ? null : (facts.elf?.guest ?? null);
}

interface Verdict {
  readonly name: string;
  readonly theirs: string | null;
  readonly ours: string | null;
}

/** Both verdicts on every file, side by side; they must be the same wherever the builder has one. */
async function compare(files: ReadonlyMap<string, Uint8Array>): Promise<Verdict[]> {
  const paths = [...files].map(([name, data]) => {
    const path = join(folder, name.replaceAll(/[^\w.-]/g, '-'));
    writeFileSync(path, data);
    return path;
  });
  const theirs = judge(paths);
  const table: Verdict[] = [];
  for (const [i, [name, data]] of [...files].entries()) {
    table.push({ name, theirs: theirs[i] ?? null, ours: await ours(data) });
  }
  const judged = table.filter((row) => row.theirs !== 'left out');
  expect(judged).toEqual(judged.map((row) => ({ ...row, ours: row.theirs })));
  return table;
}

/** The table as a page of the documentation; a verdict that changes is seen there. */
const page = (table: readonly Verdict[]): string =>
  [
    '# Kernels: our verdict beside that of Xen’s domain builder',
    '',
    'Written by `test/real/kernels.test.ts` from a run against libxenguest 4.17 of Debian 12. "left out": Debian builds it without',
    'that decompressor. Older Xens differ by the compression alone (`source/boot/releases.ts`).',
    '',
    '| kernel | domain builder | xenfai |',
    '|---|---|---|',
    ...table.map((row) => `| ${row.name} | ${row.theirs ?? 'refused'} | ${row.ours ?? 'refused'} |`),
    '',
  ].join('\n');

async function kernelOf(deb: string): Promise<Uint8Array> {
  const file = await open(deb, 'r');
  const readAt = async (offset: number, length: number) => {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const opened = await openDeb(readAt, AbortSignal.timeout(80_000));
  const found = await opened.files('boot/', (path) => path.startsWith('boot/vmlinuz-'), 64 * 1024 ** 2);
  await file.close();
  return [...found.values()][0] ?? new Uint8Array();
}

const programs = ['xz', 'bzip2', 'lzop', 'lz4', 'zstd'];
const filter =
  (program: string, ...args: string[]) =>
  (elf: Buffer) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(elf.length);
    // As the kernel's Makefile does: the size of what is inside behind the stream.
    return Buffer.concat([execFileSync(programPath(program), args, { input: elf }), size]);
  };

/** The ways Linux packs its payload (scripts/Makefile.lib). */
const packings = {
  xz: filter('xz', '--check=crc32', '-c'),
  lzma: filter('xz', '--format=lzma', '-c'),
  bzip2: filter('bzip2', '-9', '-c'),
  lzo: filter('lzop', '-9', '-c'),
  lz4: filter('lz4', '-l', '-9', '-c', '-q'),
  zstd: filter('zstd', '-q', '-19', '-c'),
} as const;

const version = '2.6.32-4-686-bigmem';
const variants: Readonly<Record<string, Partial<KernelOptions>>> = {
  i386: {},
  amd64: { arch: 'amd64' },
  raw: { raw: true },
  'raw amd64': { raw: true, arch: 'amd64' },
  'no entry': { entryNote: false },
  'no entry amd64': { entryNote: false, arch: 'amd64' },
  'xen 2.0': { xenVersion: 'xen-2.0' },
  'protocol 2.06': { protocol: 0x0206 },
  'protocol 2.07': { protocol: 0x0207 },
  'protocol 2.10': { protocol: 0x020a },
  'no pae': { pae: 'no' },
  'not packed': { pack: (elf) => elf },
};

realTest(
  'our verdict on kernels is that of Xen’s domain builder: Debian’s own and every variant',
  [
    'python3',
    ...programs,
    library,
    installer.amd64.kernel,
    installer.i386.kernel,
    downloads.linuxAmd64,
    downloads.linuxI386,
  ],
  async () => {
    const files = new Map<string, Uint8Array>();
    for (const [name, change] of Object.entries(variants)) {
      files.set(name, kernelImage({ arch: 'i386', version, ...change }));
    }
    for (const [name, pack] of Object.entries(packings)) {
      files.set(name, kernelImage({ arch: 'i386', version, pack }));
      files.set(`${name} amd64`, kernelImage({ arch: 'amd64', version, pack }));
    }
    const elf = kernelImage({ arch: 'amd64', version, raw: true });
    files.set('gzipped elf', gzipSync(elf));
    files.set('d-i amd64', readFileSync(installer.amd64.kernel));
    files.set('d-i i386', readFileSync(installer.i386.kernel));
    files.set('linux-image amd64', await kernelOf(downloads.linuxAmd64));
    // As stage --repack puts it there.
    files.set(
      'linux-image amd64 repacked',
      gzipSync((await insideOf(await kernelOf(downloads.linuxAmd64), signal)) ?? ''),
    );
    files.set('linux-image 686-pae', await kernelOf(downloads.linuxI386));
    const table = await compare(files);
    expect(table.filter(({ ours }) => ours === null).map(({ name }) => name)).toEqual([
      'no entry',
      'no entry amd64',
      'xen 2.0',
      'protocol 2.06',
      'protocol 2.07',
      'd-i i386',
      'linux-image 686-pae',
    ]);
    await expect(page(table)).toMatchFileSnapshot('../../docs/kernels.md');
    // 686-pae has Xen notes, but no ENTRY: it is a PVH kernel.
    const pae = await lookIntoKernel(
      files.get('linux-image 686-pae') ?? new Uint8Array(),
      AbortSignal.timeout(80_000),
    );
    expect(kernelSummary(pae)).toBe('32-bit, not Xen PV');
    expect(pae.elf?.problem).toContain('ENTRY');
  },
);

realTest('the same for cut, broken and random files', ['python3', library], async () => {
  const files = new Map<string, Uint8Array>();
  const whole = kernelImage({ arch: 'i386', version });
  const wide = kernelImage({ arch: 'amd64', version, raw: true });
  // The same numbers each time: a difference must be found again.
  let state = 20101115;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let i = 0; i < 40; i += 1) {
    const at = random(whole.length);
    files.set(`cut at ${at}`, whole.subarray(0, at));
    const end = random(wide.length);
    files.set(`elf cut at ${end}`, wide.subarray(0, end));
  }
  for (const at of [0x1f1, 0x1fe, 0x202, 0x206, 0x248, 0x24c, 1024, 1040]) {
    const broken = Buffer.from(whole);
    broken[at] = (broken[at] ?? 0) ^ 0xff;
    files.set(`broken at ${at}`, broken);
  }
  for (let i = 0; i < 20; i += 1) {
    files.set(`noise ${i}`, Buffer.from(Array.from({ length: 600 + random(3000) }, () => random(256))));
  }
  await compare(files);
});

realTest('older Xens differ by the compression alone', programs, async () => {
  for (const [name, pack] of Object.entries(packings)) {
    const first = firstXenFor[name as keyof typeof packings];
    const facts = await lookIntoKernel(kernelImage({ arch: 'amd64', version, pack }), AbortSignal.timeout(80_000));
    const errors = (xen: string) =>
      kernelFindings(facts, parseVersion(xen), 'amd64').flatMap((one) =>
        one.severity === 'error' ? [one.code] : [],
      );
    expect([name, errors(`${first.major}.${first.minor}`)]).toEqual([name, []]);
    expect([name, errors('3.4')]).toEqual([name, ['kernel-packing']]);
  }
});
