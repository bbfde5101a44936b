const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes for a person, three significant digits, binary units: 8222656 -> "7.84 MiB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${units[unit]}`;
}

/** Bytes as one would type them, to the byte: 268435456 -> "256M". `parseSize` reads it back. */
export function typedSize(bytes: number): string {
  const power = [4, 3, 2, 1].find((one) => bytes > 0 && bytes % 1024 ** one === 0) ?? 0;
  return `${bytes / 1024 ** power}${['', 'K', 'M', 'G', 'T'][power]}`;
}

/** "512M", "8G", "8GiB", "268435456" -> bytes; null when it is no size. Units are binary, as XenServer's are. */
export function parseSize(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text);
  if (match === null) return null;
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  const bytes = Math.round(Number(match[1]) * 1024 ** power);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}

/** A bare number below it can only have been meant with a unit. */
const leastBare = 1024 ** 2;

/** What is wrong with a size as somebody typed it, and what to write; null: nothing. */
export function sizeProblem(text: string): string | null {
  const bytes = parseSize(text);
  if (bytes === null) return 'that is not a size; write 512M or 8G';
  if (/^\s*\d+\s*$/.test(text) && bytes < leastBare)
    return `that is ${bytes} bytes, which is too small; write a unit, as in 512M or 8G`;
  return null;
}
