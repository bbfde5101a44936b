/**
 * Puts the storage into a template's `disks` words: shipped ones say sr="", and VM.provision then fails with the
 * template flag already gone. `size` replaces that of disk 0. Attributes keep their order; releases differ in it.
 */
export function rewriteDisks(xml: string, sr: string, size: number | null): string {
  return xml.replace(/<disk\b[^>]*>/g, (tag) => {
    const placed = setAttribute(tag, 'sr', sr);
    return size !== null && attribute(tag, 'device') === '0' ? setAttribute(placed, 'size', String(size)) : placed;
  });
}

/** Bytes of all disks together, for the preview. */
export function totalDiskSize(xml: string): number {
  return [...xml.matchAll(/<disk\b[^>]*>/g)].reduce((sum, [tag]) => sum + Number(attribute(tag, 'size') ?? 0), 0);
}

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\s${name}\\s*=\\s*"([^"]*)"`).exec(tag)?.[1];

function setAttribute(tag: string, name: string, value: string): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  if (attribute(tag, name) === undefined)
    return tag.replace(/\s*\/?>$/, (end) => ` ${name}="${escaped}"${end.trim()}`);
  return tag.replace(new RegExp(`(\\s${name}\\s*=\\s*")[^"]*(")`), (_, before, after) => before + escaped + after);
}
