/** One disk that VM.provision will make, as a template's `disks` key says. */
export interface ProvisionDisk {
  readonly device: string;
  /** Bytes. */
  readonly size: number;
  /** Uuid of the storage; empty as the vendor ships it. */
  readonly sr: string;
}

const tags = /<disk\b[^>]*>/g;

/** The disks of the key, in its order. */
export const provisionDisks = (xml: string): ProvisionDisk[] =>
  [...xml.matchAll(tags)].map(([tag]) => ({
    device: attribute(tag, 'device') ?? '',
    size: Number(attribute(tag, 'size') ?? 0),
    sr: attribute(tag, 'sr') ?? '',
  }));

/** Bytes of all disks together, for the preview. */
export const totalDiskSize = (xml: string): number => provisionDisks(xml).reduce((sum, { size }) => sum + size, 0);

/**
 * Puts the storage into a template's `disks` key: shipped ones say sr="", and VM.provision then fails with the
 * template flag already gone. `size` replaces that of disk 0. Attributes keep their order; releases differ in it.
 */
export function rewriteDisks(xml: string, sr: string, size: number | null): string {
  return xml.replace(tags, (tag) => {
    const placed = setAttribute(tag, 'sr', sr);
    return size !== null && attribute(tag, 'device') === '0' ? setAttribute(placed, 'size', String(size)) : placed;
  });
}

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    .exec(tag)
    ?.slice(1)
    .find((value) => value !== undefined);

function setAttribute(tag: string, name: string, value: string): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  if (attribute(tag, name) === undefined)
    return tag.replace(/\s*\/?>$/, (end) => ` ${name}="${escaped}"${end.trim()}`);
  return tag.replace(
    new RegExp(`(\\s${name}\\s*=\\s*)(?:"[^"]*"|'[^']*')`),
    (_, before: string) => `${before}"${escaped}"`,
  );
}
