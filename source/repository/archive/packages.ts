import { guestUtilities } from '../../fai/tools-packages.ts';
import { type Paragraph, paragraphs } from '../../formats/deb822.ts';

/** A package as Packages lists it. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly size: number;
  /** Names of packages it depends on, alternatives together. */
  readonly depends: readonly (readonly string[])[];
}

const nameLine = /^Package:[ \t]*(\S+)/m;

/**
 * The packages that matter for a PV guest out of a Packages file: kernels and xe-guest-utilities. Memory holds these
 * only. Throws what the source throws.
 */
export async function scanPackages(source: AsyncIterable<Uint8Array>): Promise<Map<string, ListedPackage>> {
  const found = new Map<string, ListedPackage>();
  const wanted = (text: string): boolean => {
    const name = nameLine.exec(text)?.[1] ?? '';
    return name === guestUtilities || /^linux-image-\d/.test(name);
  };
  for await (const paragraph of paragraphs(source, wanted)) {
    const one = listedPackage(paragraph);
    if (one !== null && found.size < 10_000) found.set(one.name, one);
  }
  return found;
}

export function listedPackage(fields: Paragraph): ListedPackage | null {
  const name = fields.get('package');
  if (name === undefined) return null;
  return {
    name,
    version: fields.get('version') ?? '',
    filename: fields.get('filename') ?? '',
    size: Number(fields.get('size') ?? Number.NaN),
    depends: dependsOf(fields.get('depends') ?? ''),
  };
}

/** "a (>= 1) | b, c:any" to [[a, b], [c]]. */
export function dependsOf(text: string): string[][] {
  return text
    .split(',')
    .map((group) => group.split('|').flatMap((one) => /^\s*([a-z0-9][a-z0-9.+-]*)/i.exec(one)?.[1] ?? []))
    .filter((group) => group.length > 0);
}
