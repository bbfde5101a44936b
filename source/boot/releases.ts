import type { Compression } from '../formats/compression.ts';

/**
 * What differs between releases for a network boot: which Xen unpacks the kernel, and which rules the loader has.
 * Xen versions: the hypervisor each release shipped; loader generations: history of the public eliloader
 * (2010: always appends dists/<release>/, no length check; 2012: leaves a /dists/<x> in the URL alone and checks
 * the length; 2014: size limits).
 */
export type LoaderGeneration = 2010 | 2012 | 2014;

/** Major and minor of a Xen hypervisor, as one comparable number pair. */
export interface XenVersion {
  readonly major: number;
  readonly minor: number;
}

export interface HostRelease {
  readonly release: string;
  readonly xen: XenVersion;
  readonly loader: LoaderGeneration;
}

const table: readonly [release: string, xen: string, loader: LoaderGeneration][] = [
  ['5.6', '3.4', 2010],
  ['6.0', '4.1', 2010],
  ['6.1', '4.1', 2012],
  ['6.2', '4.1', 2012],
  ['6.5', '4.4', 2014],
  ['7.0', '4.6', 2014],
  ['7.1', '4.7', 2014],
  ['7.6', '4.7', 2014],
  ['8.0', '4.11', 2014],
  ['8.1', '4.13', 2014],
  ['8.2', '4.13', 2014],
  ['8.3', '4.17', 2014],
];

/** "3.4.2" or "4.17" to a version; null when there is no number in it. */
export function parseXenVersion(text: string): XenVersion | null {
  const match = /^(\d+)\.(\d+)/.exec(text);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}

export const xenAtLeast = (have: XenVersion, need: XenVersion): boolean =>
  have.major > need.major || (have.major === need.major && have.minor >= need.minor);

/**
 * The release that a product version such as "5.6.0", "5.6.100" or "8.2.1" belongs to: the newest known one
 * that is not newer than it. Null when it is older than 5.6 or no version at all.
 */
export function hostRelease(productVersion: string): HostRelease | null {
  const version = parseXenVersion(productVersion);
  if (version === null) return null;
  const known = table.map(([release, xen, loader]) => ({ release, xen: mustParse(xen), loader }));
  return known.findLast((entry) => xenAtLeast(version, mustParse(entry.release))) ?? null;
}

/** The hypervisor of a known release. */
export const releaseXen = (release: string): XenVersion =>
  mustParse(table.find(([name]) => name === release)?.[1] ?? '');

export const knownReleases: readonly string[] = table.map(([release]) => release);

function mustParse(text: string): XenVersion {
  return parseXenVersion(text) ?? { major: 0, minor: 0 };
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
