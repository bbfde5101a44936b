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
  /** xapi's own version, major.minor (datamodel_types.ml): every host says it, also one without a product version. */
  readonly api: Version;
}

type Row = readonly [release: string, product: string, api: string, xen: string, loader: Loader, tells: RecordTells];

const table: readonly Row[] = [
  ['5.6', '5.6.0', '1.7', '3.4', 2010, 'every boot'],
  ['5.6 FP1', '5.6.100', '1.8', '3.4', 2010, 'every boot'],
  ['6.0', '6.0.0', '1.9', '4.1', 2010, 'every boot'],
  ['6.1', '6.1.0', '1.10', '4.1', 2012, 'power cycle'],
  ['6.2', '6.2.0', '2.0', '4.1', 2012, 'power cycle'],
  ['6.5', '6.5.0', '2.3', '4.4', 2014, 'power cycle'],
  ['7.0', '7.0.0', '2.5', '4.6', 2015, 'power cycle'],
  ['7.1', '7.1.0', '2.6', '4.7', 2016, 'power cycle'],
  ['7.2', '7.2.0', '2.7', '4.7', 2016, 'power cycle'],
  ['7.3', '7.3.0', '2.8', '4.7', 2016, 'nothing'],
  ['7.4', '7.4.0', '2.9', '4.7', 2016, 'nothing'],
  ['7.5', '7.5.0', '2.10', '4.7', 2016, 'nothing'],
  ['7.6', '7.6.0', '2.11', '4.7', 2016, 'nothing'],
  ['8.0', '8.0.0', '2.12', '4.11', 2016, 'nothing'],
  ['8.1', '8.1.0', '2.14', '4.13', 2016, 'nothing'],
  ['8.2', '8.2.0', '2.15', '4.13', 2016, 'nothing'],
  ['8.3', '8.3.0', '2.20', '4.17', 'none', 'nothing'],
];

const releases: readonly HostRelease[] = table.map(([release, , api, xen, loader, recordTells]) => {
  const severalDisks = recordTells === 'every boot' ? 'refused' : 'first';
  return { release, api: mustParse(api), xen: mustParse(xen), loader, recordTells, severalDisks };
});

const products: readonly (readonly number[])[] = table.map(([, product]) => numbers(product));

/** XenServer 8 calls itself 8.4; what comes after it nobody knows. */
const newestMajor = 8;

/** For a host that nobody knows: its record is not believed, and nothing is held against a VM. */
export const unknownRules: BootRules = { loader: 2016, recordTells: 'nothing', severalDisks: 'first' };

/**
 * The release that a product version such as "5.6.0", "5.6.100" or "8.2.1" belongs to: the newest known one
 * that is not newer than it. Null when it is older than 5.6, of a series that nobody knows, or no version at all.
 */
export function hostRelease(productVersion: string): HostRelease | null {
  const version = numbers(productVersion);
  if (version.length < 2 || (version[0] ?? 0) > newestMajor) return null;
  return releases[products.findLastIndex((product) => isAtLeast(version, product))] ?? null;
}

/** What a host shows of its release: by its product, or by xapi's own version where that is none we know (XCP 1.6 is a 6.1). */
export function shownRelease(productVersion: string, xapi: Version): HostRelease | null {
  if ((numbers(productVersion)[0] ?? 0) > newestMajor || xapi.major > 2) return null;
  const byApi = () => releases.findLast(({ api }) => atLeast(xapi, api.major, api.minor));
  return hostRelease(productVersion) ?? byApi() ?? null;
}

/** A release that is the one named, or came after it. */
export function isSince({ release }: Pick<HostRelease, 'release'>, first: string): boolean {
  return knownReleases.indexOf(release) >= knownReleases.indexOf(first);
}

/** The hypervisor of a known release. */
export const releaseXen = (release: string): XenVersion =>
  releases.find((one) => one.release === release)?.xen ?? { major: 0, minor: 0 };

export const knownReleases: readonly string[] = table.map(([release]) => release);

/** The numbers that a version begins with; none when it begins with something else. */
function numbers(version: string): readonly number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').filter(Boolean).map(Number);
}

function isAtLeast(version: readonly number[], first: readonly number[]): boolean {
  const at = first.findIndex((number, i) => (version[i] ?? 0) !== number);
  return at < 0 || (version[at] ?? 0) > (first[at] ?? 0);
}

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
