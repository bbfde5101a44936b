import type { Compression } from '../formats/compression.ts';
import { atLeast, parseVersion, type Version } from './version.ts';

/**
 * What differs between releases for a network boot: which Xen unpacks the kernel, which rules the loader has, and
 * what a VM's record tells of its last boot. Xen versions: the hypervisor each release shipped. Loader generations:
 * history of the public eliloader (2010: always appends dists/<release>/, no length check; 2012: leaves a /dists/<x>
 * in the URL alone and checks the length; 2014: size limits; 2015: install-args, and Python 2.7 below
 * it instead of 2.4; 2016: the VM's kernel line is no longer its business).
 */
export type LoaderGeneration = 2010 | 2012 | 2014 | 2015 | 2016;

/** 8.3 has none: the package linux-guest-loader is retired (xcp-ng-rpms/linux-guest-loader). */
export type Loader = LoaderGeneration | 'none';

/**
 * How far VM.last_booted_record can be believed. Up to 6.0 every boot writes it, the guest's own reboots included
 * (xen-api@3c71283aac: message_forwarding.ml, xapi_vm.ml, vmops.ml); from 6.1 to 7.2 only the start of a halted VM
 * does (XS61, v1.14.0: message_forwarding.ml), so it tells how the power cycle began; later only suspending does
 * (37dc4fb03c of May 2017).
 */
export type RecordTells = 'every boot' | 'power cycle' | 'nothing';

/** What a host of some release makes of the record of a VM. */
export interface BootRules {
  readonly loader: Loader;
  readonly recordTells: RecordTells;
  /**
   * Several bootable disks: "too many bootable disks" up to 6.0 (bootloader.ml:extract_default_kernel, CDs count,
   * empty drives do not); later the first is taken.
   */
  readonly severalDisks: 'refused' | 'first';
}

/** Of a hypervisor. */
export type XenVersion = Version;

export interface HostRelease extends BootRules {
  readonly release: string;
  readonly xen: XenVersion;
}

const table: readonly [release: string, xen: string, loader: Loader, recordTells: RecordTells][] = [
  ['5.6', '3.4', 2010, 'every boot'],
  ['6.0', '4.1', 2010, 'every boot'],
  ['6.1', '4.1', 2012, 'power cycle'],
  ['6.2', '4.1', 2012, 'power cycle'],
  ['6.5', '4.4', 2014, 'power cycle'],
  ['7.0', '4.6', 2015, 'power cycle'],
  ['7.1', '4.7', 2016, 'power cycle'],
  ['7.3', '4.7', 2016, 'nothing'],
  ['7.6', '4.7', 2016, 'nothing'],
  ['8.0', '4.11', 2016, 'nothing'],
  ['8.1', '4.13', 2016, 'nothing'],
  ['8.2', '4.13', 2016, 'nothing'],
  ['8.3', '4.17', 'none', 'nothing'],
];

/** For a host that nobody knows: its record is not believed, and nothing is held against a VM. */
export const unknownRules: BootRules = { loader: 2016, recordTells: 'nothing', severalDisks: 'first' };

/**
 * The release that a product version such as "5.6.0", "5.6.100" or "8.2.1" belongs to: the newest known one
 * that is not newer than it. Null when it is older than 5.6 or no version at all.
 */
export function hostRelease(productVersion: string): HostRelease | null {
  const version = parseVersion(productVersion);
  if (version === null) return null;
  const known = table.map(([release, xen, loader, recordTells]): HostRelease => {
    const severalDisks = recordTells === 'every boot' ? 'refused' : 'first';
    return { release, xen: mustParse(xen), loader, recordTells, severalDisks };
  });
  return (
    known.findLast(({ release }) => {
      const { major, minor } = mustParse(release);
      return atLeast(version, major, minor);
    }) ?? null
  );
}

/** The hypervisor of a known release. */
export const releaseXen = (release: string): XenVersion =>
  mustParse(table.find(([name]) => name === release)?.[1] ?? '');

export const knownReleases: readonly string[] = table.map(([release]) => release);

function mustParse(text: string): Version {
  return parseVersion(text) ?? { major: 0, minor: 0 };
}

/** The first Xen whose domain builder unpacks it (xg_dom_bzimageloader.c through the releases). */
export const firstXenFor: Readonly<Record<Compression, XenVersion>> = {
  gzip: { major: 3, minor: 3 },
  bzip2: { major: 4, minor: 0 },
  lzma: { major: 4, minor: 0 },
  lzo: { major: 4, minor: 1 },
  xz: { major: 4, minor: 2 },
  lz4: { major: 4, minor: 4 },
  zstd: { major: 4, minor: 15 },
};
