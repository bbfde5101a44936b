import { type Dialect, detectDialect } from '../fai/dialects.ts';
import { hasFaiArguments, lastValue, splitKernelLine } from '../fai/kernel-line.ts';
import type { InitrdFacts } from '../formats/initrd.ts';
import type { Finding } from '../problem/finding.ts';

/**
 * Does the initrd understand the kernel line? `line` undefined: no line is known, then only what it is for. The two
 * belong together as FAI's nfsroot was built: live-boot (boot=live) up to FAI 4, dracut after.
 */
export function lineFindings(facts: InitrdFacts, line: string | undefined): Finding[] {
  const { kind } = facts;
  if (!facts.seen || facts.problem !== null || facts.format === null) return [];
  if (kind === 'debian-installer') return [installer(line)];
  if (line === undefined || kind === null) return [];
  const dialect = detectDialect(splitKernelLine(line));
  if (dialect === null) return [];
  // Without boot=live it may be NFS boot of initramfs-tools, or dracut's older spelling.
  const sure = dialect !== 'live-boot' || lastValue(splitKernelLine(line), 'boot') === 'live';
  return dialectFindings(kind, dialect).map((finding) => (sure ? finding : { ...finding, severity: 'warning' }));
}

/** debian-installer would ask its questions on a console nobody watches, and FAI would never run. */
function installer(line: string | undefined): Finding {
  const fai = line !== undefined && hasFaiArguments(line);
  return {
    severity: line === undefined ? 'warning' : fai ? 'error' : 'info',
    code: 'initrd-installer',
    message: `initrd.gz is debian-installer's${fai ? ', but the kernel line is for FAI: FAI would not run' : ': it does not run FAI'}.`,
    try: 'Copy the initrd of the nfsroot (boot/initrd.img-*) there.',
  };
}

function dialectFindings(kind: NonNullable<InitrdFacts['kind']>, dialect: Dialect): Finding[] {
  const wants = dialect === 'live-boot' ? 'live-boot' : 'dracut';
  if (kind === wants) return [];
  const reason =
    dialect === 'live-boot'
      ? `boot=live needs live-boot in it (live-initramfs in Lenny and Squeeze)`
      : 'this root= is understood by dracut only';
  return [
    {
      severity: 'error',
      code: 'initrd-dialect',
      message: `initrd.gz was made by ${kind === 'initramfs-tools' ? 'initramfs-tools without live-boot' : kind}: ${reason}.`,
      try:
        dialect === 'live-boot'
          ? 'Choose the dialect of this FAI, or install live-boot in the nfsroot and build the initrd again.'
          : 'Choose the dialect of this FAI (nfsroot= with boot=live for FAI 3), or take the initrd of its nfsroot.',
    },
  ];
}
