import type { Finding } from '../text/finding.ts';
import { Bytes } from './bytes.ts';
import { compressionOf } from './compression.ts';

/** "gzip", "cpio" for an unpacked archive, or null when these bytes begin no initrd. */
export function initrdFormat(data: Uint8Array): string | null {
  const bytes = new Bytes(data);
  if (['070701', '070702', '070707'].includes(bytes.text(0, 6))) return 'cpio';
  return compressionOf(data);
}

export function initrdFindings(data: Uint8Array): Finding[] {
  const format = initrdFormat(data);
  if (format === null) {
    const page = /^\s*<(!doctype|html|\?xml)/i.test(new Bytes(data).text(0, 200));
    const what =
      data.length === 0 ? 'it is empty' : page ? 'it is a web page' : 'it is neither packed nor a cpio archive';
    return [
      {
        severity: 'error',
        code: 'not-an-initrd',
        message: `initrd.gz is no initrd: ${what}.`,
        try: 'Copy the initrd of the nfsroot (boot/initrd.img-*) there.',
      },
    ];
  }
  if (format !== 'gzip') {
    return [
      {
        severity: 'info',
        code: 'initrd-format',
        message: `initrd.gz is ${format}, not gzip: the kernel decides whether it can read that.`,
      },
    ];
  }
  return [];
}
