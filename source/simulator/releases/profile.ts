import type { Model } from '../model.ts';
import type { Fields } from '../types.ts';
import { isSince, modelOf } from './later-model.ts';
import { type LoaderGeneration, type Row, rows } from './release-list.ts';

/** How a host of one release is: what it is called, has, answers and does. */
export interface Profile {
  /** As `--release` takes it. */
  readonly release: string;
  readonly version: string;
  /** Of the datamodel that it was built from. */
  readonly codename: string;
  readonly api: readonly [major: number, minor: number];
  readonly software: Fields;
  readonly xen: { readonly major: number; readonly minor: number };
  readonly model: Model;
  readonly loader: LoaderGeneration;
  /** Whether its Xen runs 32-bit PV guests. */
  readonly pv32: boolean;
  /** event.from came with 6.0, event.inject with 6.1; event.next stays. */
  readonly events: 'next' | 'from' | 'inject';
  /** Of a PV guest: vncterm has a listener for text from 6.0 on. */
  readonly consoles: readonly ('rfb' | 'vt100')[];
  /** Whether it has what came with the release of that code name. */
  readonly has: (codename: string) => boolean;
}

/** As `--release` takes them, oldest first. */
export const releases: readonly string[] = Object.keys(rows);

/** The release somebody asks for: by name or by product version. Null when it is not simulated. */
export function releaseNamed(text: string): string | null {
  const wanted = text.toLowerCase().replace(/[ _]/g, '-');
  const named = Object.entries(rows).find(([name, { version }]) => [name, version].includes(wanted));
  return named?.[0] ?? (wanted === '5.6' ? '5.6.0' : null);
}

const made = new Map<string, Profile>();

/** The profile of a release by its name in `releases`. Throws when there is none. */
export function profileOf(release: string): Profile {
  const row = rows[release];
  if (row === undefined) throw new Error(`release ${release} is not simulated`);
  const known = made.get(release);
  if (known !== undefined) return known;
  const has = (codename: string): boolean => isSince(row.codename, codename);
  const profile: Profile = {
    release,
    version: row.version,
    codename: row.codename,
    api: row.api,
    software: softwareOf(row),
    xen: { major: Number.parseInt(row.xen, 10), minor: Number(row.xen.split('.')[1]) },
    model: modelOf(row.codename),
    loader: row.loader,
    pv32: row.pv32 ?? true,
    events: has('tampa') ? 'inject' : has('boston') ? 'from' : 'next',
    consoles: has('boston') ? ['rfb', 'vt100'] : ['rfb'],
    has,
  };
  made.set(release, profile);
  return profile;
}

/** host.software_version, without the packs that some hosts have. */
function softwareOf({ version, brand = 'XenServer', build, date, xen, linux, platform, api, codename }: Row): Fields {
  const center = `${api[0]}.${api[1]}`;
  const text = `${brand} ${version.replace(/\.0$/, '')}`;
  return {
    product_version: version,
    ...(platform === undefined
      ? {}
      : {
          product_version_text: text,
          product_version_text_short: text,
          platform_name: 'XCP',
          platform_version: platform,
        }),
    product_brand: brand,
    build_number: build,
    hostname: 'xvm03',
    date,
    dbv: date.replace(/-(..)-(..)$/, '.$1$2'),
    xapi: codename === '22.27.0' ? '22.31' : '1.3',
    xen,
    linux,
    xencenter_min: center,
    xencenter_max: center,
  };
}
