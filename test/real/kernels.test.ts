import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readKernelImage } from '../../source/netboot/kernel.ts';
import { parseXenVersion } from '../../source/netboot/releases.ts';
import { kernelFacts, kernelFindings } from '../../source/netboot/verdict.ts';
import { unpackPayload } from '../../source/repository/unpack.ts';
import { type KernelOptions, kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { installer, realTest } from './needs.ts';

// Debian's libxenguest 4.17 is the judge: our reading of a kernel must come to its verdict.

const library = '/usr/lib/x86_64-linux-gnu/libxenguest.so.4.17';
const builder = join(import.meta.dirname, 'builder.py');

function judge(paths: readonly string[]): (string | null)[] {
  const out = execFileSync('python3', [builder, ...paths], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { guest: string | null }).guest);
}

async function ours(data: Uint8Array): Promise<string | null> {
  const image = readKernelImage(data);
  const packed = image.format === 'bzImage' && image.compression !== null && image.compression !== 'gzip';
  const unpacked =
    packed && image.compression
      ? await unpackPayload(image.payload, image.compression, AbortSignal.timeout(60_000))
      : null;
  const facts = kernelFacts(data, unpacked);
  // Whether a 64-bit hypervisor runs it (PAE) is a question beyond the builder's recognition.
  const errors = kernelFindings(facts, parseXenVersion('4.17'), '').filter(
    ({ severity, code }) => severity === 'error' && code !== 'kernel-no-pae',
  );
  return errors.length > 0 ? null : (facts.elf?.guest ?? null);
}

realTest(
  'our verdict on kernels is that of Xen’s domain builder',
  ['python3', 'xz', library, installer.amd64.kernel, installer.i386.kernel],
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xenfai-kernels-'));
    const variants: Record<string, Partial<KernelOptions>> = {
      i386: {},
      amd64: { arch: 'amd64' },
      raw: { raw: true },
      'raw amd64': { raw: true, arch: 'amd64' },
      'no entry': { entryNote: false },
      'no entry amd64': { entryNote: false, arch: 'amd64' },
      'protocol 2.06': { protocol: 0x0206 },
      'protocol 2.07': { protocol: 0x0207 },
      'protocol 2.10': { protocol: 0x020a },
      'no pae': { pae: 'no' },
    };
    const files = new Map<string, Uint8Array>();
    for (const [name, change] of Object.entries(variants)) {
      files.set(name, kernelImage({ arch: 'i386', version: '2.6.32-4-686-bigmem', ...change }));
    }
    const whole = kernelImage({ arch: 'i386', version: '2.6.32-4-686-bigmem' });
    for (const at of [0, 3, 0x1f0, 0x210, 1000, 1024, 1100, whole.length - 10])
      files.set(`cut at ${at}`, whole.subarray(0, at));
    for (const at of [0x202, 0x206, 0x248, 1024, 1040]) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      files.set(`broken at ${at}`, broken);
    }
    files.set('noise', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251)));
    const paths = [...files].map(([name, data]) => {
      const path = join(folder, name.replaceAll(' ', '-'));
      writeFileSync(path, data);
      return path;
    });
    const verdicts = judge([...paths, installer.amd64.kernel, installer.i386.kernel]);
    const names = [...files.keys(), 'd-i amd64', 'd-i i386'];
    const all = [...files.values(), readFileSync(installer.amd64.kernel), readFileSync(installer.i386.kernel)];
    const mine = await Promise.all(all.map(ours));
    rmSync(folder, { recursive: true });
    const table = (list: readonly (string | null)[]) => Object.fromEntries(names.map((name, i) => [name, list[i]]));
    expect(table(mine)).toEqual(table(verdicts));
    expect(table(verdicts)).toMatchObject({
      i386: 'xen-3.0-x86_32p',
      amd64: 'xen-3.0-x86_64',
      'd-i amd64': 'xen-3.0-x86_64',
      'd-i i386': null,
    });
  },
);
