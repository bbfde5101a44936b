import { Bytes } from '../formats/bytes.ts';
import type { Compression } from '../formats/compression.ts';
import type { InitrdFacts } from '../formats/initrd.ts';
import type { Advice } from '../problem/advice.ts';
import type { Finding } from '../problem/finding.ts';
import { atLeast, parseVersion } from './version.ts';

/** In a few words, for a table: "gzip, live-boot, modules of 2.6.32-4-686-bigmem". */
export function initrdSummary(facts: InitrdFacts): string {
  if (facts.format === null) return 'not an initrd';
  if (facts.problem !== null) return facts.problem;
  if (!facts.seen) return `${facts.format}, not looked into`;
  const modules = facts.modules.length === 0 ? 'no modules' : `modules of ${facts.modules.join(', ')}`;
  return [facts.format, ...(facts.kind === null ? [] : [facts.kind]), modules].join(', ');
}

/**
 * Is this an initrd that the kernel beside it could start FAI from? `kernel`: its version, null when not known.
 * What the kernel line wants of it is asked elsewhere: this folder knows nothing of FAI.
 */
export function initrdFindings(facts: InitrdFacts, kernel: string | null): Finding[] {
  const error = (code: string, message: string, advice: Advice): Finding => ({
    severity: 'error',
    code,
    message: `initrd.gz ${message}`,
    try: advice,
  });
  if (facts.format === null) {
    return [
      error(
        'not-an-initrd',
        `is no initrd: ${describeHead(facts.head)}.`,
        'Copy the initrd of the nfsroot (boot/initrd.img-*) there.',
      ),
    ];
  }
  const findings: Finding[] = [...formatFindings(facts.format, kernel)];
  if (!facts.seen) {
    const message = `initrd.gz could not be looked into: whether it fits the kernel is not known.`;
    const advice = `Install ${facts.format} on this machine and check again.`;
    return [...findings, { severity: 'warning', code: 'initrd-not-seen', message, try: advice }];
  }
  if (facts.problem !== null) {
    return [
      ...findings,
      error('initrd-broken', `cannot be read to its end: ${facts.problem}.`, 'Copy it there again.'),
    ];
  }
  return [...findings, ...moduleFindings(facts, kernel, error)];
}

function describeHead(head: Uint8Array): string {
  if (head.length === 0) return 'it is empty';
  const text = new Bytes(head).text(0, 200);
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return 'it is a web page';
  if (text.startsWith('070707')) return 'it is a cpio archive of the old form, which no kernel reads';
  return 'it is neither packed nor a cpio archive';
}

/** The first Linux that can unpack it (init/Kconfig, RD_*); Debian's kernels have them all built in. */
const firstLinux: Readonly<Record<Compression, string>> = {
  gzip: '2.4',
  bzip2: '2.6.30',
  lzma: '2.6.30',
  lzo: '2.6.33',
  xz: '2.6.38',
  lz4: '3.11',
  zstd: '5.9',
};

function* formatFindings(format: Compression | 'cpio', kernel: string | null): Generator<Finding> {
  if (format === 'gzip' || format === 'cpio') return;
  const first = firstLinux[format];
  const known = kernel !== null && parseVersion(kernel) !== null;
  const old = known && !linuxAtLeast(kernel, first);
  yield {
    severity: old ? 'error' : known ? 'info' : 'warning',
    code: 'initrd-format',
    message: old
      ? `initrd.gz is packed with ${format}, which Linux ${kernel} cannot unpack (${first} is the first).`
      : `initrd.gz is ${format}, not gzip: Linux ${first} is the first that reads it.`,
    ...(old ? { try: 'Build it again with gzip (COMPRESS=gzip in initramfs.conf).' } : {}),
  };
}

/** "2.6.32-4-amd64" against "2.6.33": the third number matters in 2.6 only. */
function linuxAtLeast(kernel: string, first: string): boolean {
  const [have, need] = [parseVersion(kernel), parseVersion(first)];
  if (have === null || need === null) return true;
  if (have.major !== need.major || have.minor !== need.minor) return atLeast(have, need.major, need.minor);
  const third = (text: string): number => Number(/^\d+\.\d+\.(\d+)/.exec(text)?.[1] ?? '0');
  return third(kernel) >= third(first);
}

type MakeError = (code: string, message: string, advice: Advice) => Finding;

function* moduleFindings(facts: InitrdFacts, kernel: string | null, error: MakeError): Generator<Finding> {
  if (facts.modules.length > 0 && kernel !== null && !facts.modules.includes(kernel)) {
    yield error(
      'initrd-modules',
      `has modules of ${facts.modules.join(', ')}, vmlinuz is ${kernel}: it would find no driver, and FAI stops (790).`,
      { act: 'stage', from: 'nfsroot', note: 'takes both files from the same nfsroot' },
    );
    return;
  }
  if (facts.netfront === null) {
    yield {
      severity: 'warning',
      code: 'initrd-netfront',
      message:
        'initrd.gz has no xen-netfront: unless the kernel has it built in, there is no network card in a PV guest.',
      try: 'Add xen-netfront to /etc/initramfs-tools/modules of the nfsroot and build it again.',
    };
  }
}
