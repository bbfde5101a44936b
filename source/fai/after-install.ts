import type { Finding } from '../problem/finding.ts';
import { hasFaiArguments, splitKernelLine } from './kernel-line.ts';

/**
 * What FAI's words do to the system that they have installed. The host puts PV-args behind the line of every boot, and the
 * last root= counts: initramfs-tools then looks for FAI's root (seen in a real PV guest, docs/real-xen).
 */
export function afterInstallFindings(args: string): Finding[] {
  const words = splitKernelLine(args);
  if (!hasFaiArguments(args) || !words.some(({ name }) => name === 'root')) return [];
  return [
    {
      severity: 'info',
      code: 'args-stay',
      message:
        "These words stay in PV-args, and the host puts them behind every later boot's line: an installed Debian that is not prepared for it looks for FAI's root instead of its own, and stops in its initramfs.",
      try: { act: 'fai-files', note: 'its script keeps to the root of the disk; or clear PV-args after the install' },
    },
  ];
}
