import { guestUtilities, metaPackage, takesToolsKernel } from '../../fai/tools-packages.ts';
import type { Finding } from '../../problem/finding.ts';
import type { ListedPackage } from './packages.ts';

/**
 * Has the archive what the page takes from the tools ISO: the kernel that eliloader will fetch, as a package for the
 * nfsroot and the new system, and the guest utilities? `kernel`: its version, null when not known.
 */
export function packageFindings(
  found: ReadonlyMap<string, ListedPackage>,
  kernel: string | null,
  { release, arch }: { readonly release: string; readonly arch: string },
): Finding[] {
  const findings: Finding[] = [];
  const meta = found.get(metaPackage);
  const broken = meta?.depends
    .filter((group) => !group.some((name) => found.has(name)))
    .map((group) => group.join(' | '));
  const where = `the archive of ${release} for ${arch}`;
  if (broken !== undefined && broken.length > 0) {
    findings.push({
      severity: 'warning',
      code: 'meta-depends',
      message: `${metaPackage} needs ${broken.join(', ')}, which ${where} does not have: apt cannot install it.`,
      try: { act: 'stage', from: 'iso', pool: true, note: 'puts that package there, too' },
    });
  }
  if (kernel !== null && !found.has(`linux-image-${kernel}`)) {
    findings.push({
      severity: 'warning',
      code: 'kernel-package',
      message: `vmlinuz is ${kernel}, and ${where} has no package linux-image-${kernel}: nfsroot and system would get another kernel.`,
      try: `Put that package into the archive, or take vmlinuz from the nfsroot that is built of it.`,
    });
  }
  if (meta === undefined && (kernel === null ? takesToolsKernel(release) : kernel.startsWith('2.6.'))) {
    findings.push({
      severity: kernel === null ? 'info' : 'warning',
      code: 'no-meta-package',
      message: `There is no ${metaPackage} in ${where}: what the page adds to NFSROOT.`,
      try: { act: 'stage', from: 'iso', pool: true, note: 'puts it there from the tools ISO' },
    });
  }
  if (!found.has(guestUtilities)) {
    findings.push({
      severity: 'info',
      code: 'no-guest-utilities',
      message: `There is no ${guestUtilities} in ${where}: the host would not see addresses and memory of the guest.`,
      try: { act: 'stage', from: 'iso', pool: true, note: 'puts it there from the tools ISO' },
    });
  }
  return findings;
}
