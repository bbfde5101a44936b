import type { XenVersion } from '../releases.ts';
import { atLeast } from '../version.ts';

/** One entry of a boot menu as pygrub keeps it. Paths are as the file has them, without a device before. */
export interface MenuEntry {
  readonly title: string;
  readonly kernel: string | null;
  readonly initrd: string | null;
  readonly args: string;
}

/** A menu read, or the error that makes pygrub drop the whole file. */
export type Menu =
  | { readonly ok: true; readonly entries: readonly MenuEntry[]; readonly chosen: number }
  | { readonly ok: false; readonly problem: string };

/** What stops pygrub: a Python error in its reader. */
export class MenuError extends Error {}

/** A menu from a reader that throws MenuError for what pygrub dies of. */
export function menuOf(read: () => Menu): Menu {
  try {
    return read();
  } catch (error) {
    if (error instanceof MenuError) return { ok: false, problem: error.message };
    throw error;
  }
}

export interface OpenEntry {
  title: string;
  kernel: string | null;
  initrd: string | null;
  args: string;
  /** Lines it had; the last entry is dropped without any. */
  lines: number;
}

export const openEntry = (title: string): OpenEntry => ({ title, kernel: null, initrd: null, args: '', lines: 0 });

/** Lines that say something: trimmed, not empty, no comment. */
export const menuLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/**
 * A command and its arguments (GrubConf.py, grub_exact_split): at the first `=` when it comes before any blank, else
 * at the first run of blanks; up to `parts` parts.
 */
export function splitCommand(line: string, parts: number): string[] {
  const found: string[] = [];
  let rest = line;
  while (found.length < parts - 1 && rest !== '') {
    const equals = rest.indexOf('=');
    const blank = rest.search(/[ \t]/);
    const at = equals >= 0 && (blank < 0 || equals < blank) ? equals : blank;
    if (at < 0) break;
    found.push(rest.slice(0, at));
    rest = at === equals ? rest.slice(at + 1) : rest.slice(at).trimStart();
  }
  return [...found, rest.trim()];
}

/** Python's int(). */
export const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text.trim());

/** `(hd0,0)`, `hd0,msdos1`: pygrub reads it and takes no notice of it, but an unreadable one ends everything. */
export function readDevice(text: string, xen: XenVersion): void {
  const [disk = '', partition, ...more] = text.replace(/^\(|\)$/g, '').split(',');
  if (disk.startsWith('/dev/') && atLeast(xen, 4, 4)) return;
  if (partition === undefined || more.length > 0) throw new MenuError(`"${text}" is no device it knows`);
  const bare = atLeast(xen, 4, 2)
    ? partition.replace(/^(msdos|gpt)/, '')
    : atLeast(xen, 4, 1)
      ? partition.replace(/^msdos/, '')
      : partition;
  if (!isInteger(disk.slice(2)) || !isInteger(bare)) throw new MenuError(`"${text}" is no device it knows`);
}

/** A path without the device before it, which is thrown away: files come from where the menu is. */
export function bootPath(path: string, xen: XenVersion): string {
  if (!path.startsWith('(')) return path;
  const end = path.indexOf(')');
  if (end < 0) throw new MenuError(`"${path}" has no ")"`);
  readDevice(path.slice(0, end + 1), xen);
  return path.slice(end + 1);
}

/** What follows `kernel` or `linux`. Without a blank anywhere all of it is the path, tabs included. */
export function kernelLine(argument: string, xen: XenVersion): Pick<MenuEntry, 'kernel' | 'args'> {
  const at = argument.includes(' ') ? argument.search(/\s/) : -1;
  if (at < 0) return { kernel: bootPath(argument, xen), args: '' };
  return { kernel: bootPath(argument.slice(0, at), xen), args: argument.slice(at).trimStart() };
}

/** Which entry is booted without anybody at the console; there is no fallback. Throws what pygrub dies of. */
export function chooseEntry(wanted: string, entries: readonly MenuEntry[], xen: XenVersion): number {
  const number = chooseNumber(wanted, entries, xen);
  if (number < entries.length) return number;
  // 3.4 wants to complain, and its complaint has a fault (log is not defined).
  if (!atLeast(xen, 4, 0)) throw new MenuError(`default ${wanted} is beyond its ${entries.length} entries`);
  return 0;
}

function chooseNumber(wanted: string, entries: readonly MenuEntry[], xen: XenVersion): number {
  if (isInteger(wanted)) {
    if (Number(wanted) < 0) throw new MenuError(`default ${wanted} is negative`);
    return Number(wanted);
  }
  if (wanted === 'saved' && atLeast(xen, 4, 0)) return 0;
  if (atLeast(xen, 4, 13)) return 0;
  if (!atLeast(xen, 4, 5)) throw new MenuError(`default "${wanted}" is no number`);
  const title = wanted.split('>').at(-1) ?? wanted;
  return Math.max(
    0,
    entries.findIndex((entry) => entry.title === title),
  );
}
