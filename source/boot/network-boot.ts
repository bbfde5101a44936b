import type { Finding } from '../problem/finding.ts';
import { type HostRelease, isSince, type Loader } from './releases.ts';

/**
 * What can boot from an install repository on a host:
 * - `pv`: PV guests of 32 and 64 bits;
 * - `pv-64`: of 64 bits only, the hypervisor was built or told to take no others;
 * - `pv-in-pvh`: PV guests that run inside a PVH container, which has a Xen of its own (pv-shim);
 * - `hvm-only`: none, for there is no eliloader; a VM boots from its disk, a disc, or the network by PXE;
 * - `unknown`: nobody knows this release.
 */
export type NetworkBoot = 'pv' | 'pv-64' | 'pv-in-pvh' | 'hvm-only' | 'unknown';

/** VM.domain_type of a new PV guest; null up to 7.4, which know no such field. */
export type PvDomain = 'pv' | 'pv_in_pvh' | null;

/**
 * `guests`: the kinds of guests that the hypervisor says it takes (host.capabilities: xen-3.0-x86_64 and
 * xen-3.0-x86_32p for PV, hvm-… for HVM; Xen: arch_get_xen_caps); empty where nobody has asked it.
 * host.supported_bootloaders proves nothing: xapi names eliloader there in every release.
 */
export function networkBoot(release: HostRelease | null, guests: readonly string[] = []): NetworkBoot {
  if (release === null) return 'unknown';
  if (release.loader === 'none') return 'hvm-only';
  const takes = (machine: string): boolean => guests.some((guest) => guest === `xen-3.0-${machine}`);
  if (takes('x86_64') && !takes('x86_32p')) return 'pv-64';
  const inPvhOnly = guests.length > 0 && !takes('x86_64') && isSince(release, '8.1');
  return inPvhOnly || pvDomain(release) === 'pv_in_pvh' ? 'pv-in-pvh' : 'pv';
}

/**
 * As the vendor's own PV templates have it: since 8.2 inside a PVH container (guest-templates-json: base-pvlinux, of
 * March 2020; it was so for a while in 2019, too, between 8.0 and 8.1).
 */
export function pvDomain(release: HostRelease | null): PvDomain {
  if (release === null || !isSince(release, '7.5')) return null;
  return isSince(release, '8.2') ? 'pv_in_pvh' : 'pv';
}

/** What eliloader is and does there, for whoever wants to know. */
export function loaderText(loader: Loader): string {
  if (loader === 'none') return 'not at all.';
  if (loader < 2012)
    return 'eliloader of 2010: always appends dists/<release>/ to the repository, and never looks at the length of what it gets.';
  if (loader < 2014)
    return 'eliloader of 2012: leaves a repository that names a distribution alone, and compares lengths.';
  return 'eliloader of 2014: takes at most 32 MiB of kernel and 128 MiB of initrd.';
}

const texts: Readonly<Record<NetworkBoot, string>> = {
  pv: '',
  'pv-64': 'Only 64-bit PV guests boot on this host: use an amd64 installer, i386 would waste the attempt.',
  'pv-in-pvh':
    'PV guests of this host run inside a PVH container (pv-in-pvh): an amd64 installer is the safe choice.',
  'hvm-only': 'This host has no eliloader: no VM on it can boot from an install repository.',
  unknown: 'xenfai does not know this release: whether it still has eliloader, only a start tells.',
};

/** What follows for the operator, in a sentence; empty where all is as ever. */
export const networkBootText = (kind: NetworkBoot): string => texts[kind];

/** Whether a guest of this architecture would boot; where nobody knows the host, nothing is held against one. */
export function guestFindings(arch: string, kind: NetworkBoot | null): Finding[] {
  if (kind === 'unknown') return [{ severity: 'info', code: 'host-unknown', message: texts.unknown }];
  if (arch !== 'i386' || (kind !== 'pv-64' && kind !== 'pv-in-pvh')) return [];
  const severity = kind === 'pv-64' ? 'error' : 'warning';
  return [
    { severity, code: 'guest-32-bit', message: texts[kind], try: { act: 'give', setting: 'arch', value: 'amd64' } },
  ];
}

/** What remains where there is no eliloader. */
export const withoutLoader: readonly string[] = [
  "By hand: boot the VM as HVM, from FAI's ISO (fai-cd) or over the network (PXE); xenfai does not do that yet.",
  'Or install on a host of 8.2 or older.',
];
