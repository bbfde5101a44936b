import { type ElfKernel, readElfKernel } from '../formats/elf.ts';
import { type KernelImage, readKernelImage, unpackedKernel } from '../formats/kernel-image.ts';
import type { Finding } from '../problem/finding.ts';
import { firstXenFor, type XenVersion } from './releases.ts';
import { atLeast } from './version.ts';

/** All that is known of a kernel file. `elf` null: it could not be looked into (no program for its compression). */
export interface KernelFacts {
  readonly image: KernelImage;
  readonly elf: ElfKernel | null;
  /** "2.6.32-4-686-bigmem", as `uname -r` would say and lib/modules is called; null where nothing tells it. */
  readonly release: string | null;
}

/** `unpacked`: the payload, if someone unpacked it with another program; gzip and plain are done here. */
export function kernelFacts(data: Uint8Array, unpacked?: Uint8Array | null): KernelFacts {
  const image = readKernelImage(data);
  const version =
    image.format === 'bzImage' || image.format === 'broken' ? (image.version?.split(' ')[0] ?? null) : null;
  if (image.format === 'broken' || image.format === 'other') return { image, elf: null, release: version };
  const inside = unpacked ?? unpackedKernel(image);
  if (inside === null) return { image, elf: null, release: version };
  return { image, elf: readElfKernel(inside), release: version ?? banner(inside) };
}

/** The version in a plain kernel: linux_banner, "Linux version 6.1.0-50-amd64 (…". */
function banner(elf: Uint8Array): string | null {
  const bytes = Buffer.from(elf.buffer, elf.byteOffset, elf.byteLength);
  const mark = 'Linux version ';
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const text = bytes.toString('latin1', at + mark.length, at + mark.length + 100);
    const version = /^(\d+\.\d+\S*) /.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}

/** In a few words, for a table: "Xen PV, 64-bit". */
export function kernelSummary({ image, elf }: KernelFacts): string {
  if (image.format === 'other' || image.format === 'broken') return image.problem;
  if (elf === null) {
    const packing = image.format === 'elf' ? 'plain' : (image.compression ?? 'unknown packing');
    return `kernel, ${packing}, not looked into`;
  }
  if (elf.guest === 'xen-3.0-x86_64') return 'Xen PV, 64-bit';
  if (elf.guest === 'xen-3.0-x86_32p') return 'Xen PV, 32-bit PAE';
  if (elf.guest === 'xen-3.0-x86_32') return 'Xen PV, 32-bit without PAE';
  return elf.bits === null ? 'no Xen kernel' : `${elf.bits}-bit, not Xen PV`;
}

/**
 * Would this Xen's domain builder start it? Findings of severity error mean no.
 * `xen` null: no host is known; then a compression is a warning that names the first Xen for it.
 */
export function kernelFindings(facts: KernelFacts, xen: XenVersion | null, arch: string): Finding[] {
  const { image, elf } = facts;
  const error = (code: string, message: string, advice: string): Finding => ({
    severity: 'error',
    code,
    message,
    try: advice,
  });
  const pv = 'Use a Xen PV kernel, such as the one of linux-image-2.6-xen on the tools ISO.';
  if (image.format === 'other') return [error('not-a-kernel', `vmlinuz: ${image.problem}.`, pv)];
  if (image.format === 'broken')
    return [error('kernel-broken', `vmlinuz: ${image.problem}.`, 'Copy the file again.')];
  const findings: Finding[] = [...packingFindings(image, xen)];
  if (elf === null) {
    findings.push({
      severity: 'warning',
      code: 'kernel-not-seen',
      message: 'vmlinuz could not be looked into: whether it is a Xen PV kernel is not known.',
      ...(image.format !== 'elf' && image.compression !== null
        ? { try: `Install ${image.compression} on this machine and check again.` }
        : {}),
    });
    return findings;
  }
  findings.push(...oldXenKernel(facts.release));
  if (elf.guest === null) {
    findings.push(error('kernel-not-pv', `vmlinuz cannot boot as a PV guest: ${elf.problem}.`, pv));
  } else {
    findings.push(...archFindings(elf, arch));
  }
  return findings;
}

function* packingFindings(image: KernelImage, xen: XenVersion | null): Generator<Finding> {
  if (image.format !== 'bzImage') return;
  if (image.compression === null) {
    yield {
      severity: 'error',
      code: 'kernel-packing',
      message: 'vmlinuz: the payload is packed in a way no domain builder knows.',
      try: 'Use the kernel file as the package ships it.',
    };
    return;
  }
  const first = firstXenFor[image.compression];
  if (xen !== null && atLeast(xen, first.major, first.minor)) return;
  const firstText = `Xen ${first.major}.${first.minor}`;
  if (xen === null && image.compression === 'gzip') return;
  yield {
    severity: xen === null ? 'warning' : 'error',
    code: 'kernel-packing',
    message:
      xen === null
        ? `vmlinuz is packed with ${image.compression}: ${firstText} is the first that unpacks it.`
        : `Xen ${xen.major}.${xen.minor} of this host cannot unpack the ${image.compression} payload of vmlinuz (${firstText} is the first).`,
    try: { act: 'stage', repack: true, note: 'puts it there packed with gzip' },
  };
}

function* archFindings(elf: ElfKernel, arch: string): Generator<Finding> {
  if (elf.guest === 'xen-3.0-x86_32') {
    yield {
      severity: 'error',
      code: 'kernel-no-pae',
      message: 'vmlinuz is a 32-bit kernel without PAE: a 64-bit Xen runs PAE guests only.',
      try: 'Use a -686-bigmem or -686-pae Xen kernel.',
    };
  }
  const wants = arch === 'i386' ? 32 : arch === 'amd64' || arch === 'x86_64' ? 64 : null;
  if (wants !== null && elf.bits !== wants) {
    yield {
      severity: 'warning',
      code: 'kernel-arch',
      message: `vmlinuz is a ${elf.bits}-bit kernel in the folder of ${arch}.`,
      try: 'Check that the nfsroot is of the same architecture.',
    };
  }
}

/** The page, "The Repository": Debian's own -xen kernels of that age are not stable as DomU. */
function* oldXenKernel(release: string | null): Generator<Finding> {
  if (release === null || !/^2\.6\.\d+-\d+-xen-/.test(release)) return;
  yield {
    severity: 'warning',
    code: 'kernel-debian-xen',
    message: `${release} is Debian's own Xen kernel: it does not run stable as a guest of XenServer.`,
    try: 'Use the kernel of linux-image-2.6-xen from the tools ISO.',
  };
}
