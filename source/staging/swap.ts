import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { backupOf } from './place.ts';
import type { FileWriter } from './writer.ts';

/**
 * Putting new files in the place of old ones, all or none. No file system swaps two files in one step; so everything is
 * prepared beside its target first (the new file, a second name for the old one), the record of intent is written, and
 * from then on each step is one rename that can be done again: whoever finds the record goes on where the last one died.
 * Between the first rename and the last a reader may see a new kernel with the old initrd. After a kill there this
 * lasts until the next run finds the record; nothing else can be promised in place.
 */
export interface Swap {
  /** The folder the paths are below. */
  readonly folder: string;
  /** What the names of the temporary files begin with. */
  readonly run: string;
  readonly files: readonly SwapFile[];
}

export interface SwapFile {
  readonly path: string;
  /** There was no file of that name before. */
  readonly fresh: boolean;
}

const beside = (swap: Swap, path: string, kind: string): string =>
  join(swap.folder, dirname(path), `${swap.run}-${kind}-${basename(path)}`);
/** The new file, until it takes its place. */
export const newOf = (swap: Swap, path: string): string => beside(swap, path, 'new');
/** The old one, by another name, until it becomes the .bak: only for files that are to be kept. */
export const oldOf = (swap: Swap, path: string): string => beside(swap, path, 'old');

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** All new files in their places. Can be done again after a kill. A failure leaves some of them there. */
export async function placeNew(swap: Swap, writer: FileWriter): Promise<void> {
  for (const { path } of swap.files) {
    const fresh = newOf(swap, path);
    if (await isThere(fresh)) await writer.rename(fresh, join(swap.folder, path));
  }
  await settle(swap, writer);
}

/** Then the old ones become .bak: all of one run, never mixed with an earlier one's for longer than a kill. */
export async function keepOld(swap: Swap, writer: FileWriter): Promise<void> {
  for (const file of swap.files) {
    const old = oldOf(swap, file.path);
    const backup = backupOf(join(swap.folder, file.path));
    if (await isThere(old)) await moveOver(old, backup, writer);
    else if (isHalf(file, swap) && (await isThere(backup))) await writer.remove(backup);
  }
  await settle(swap, writer);
}

/** There was only its other half before: a .bak of an earlier run would make a mixed pair with that one's. */
const isHalf = ({ path, fresh }: SwapFile, { files }: Swap): boolean =>
  fresh && files.some((other) => !other.fresh && dirname(other.path) === dirname(path));

/** The old files in their places again; only before any of them has become a .bak. Can be done again after a kill. */
export async function putBack(swap: Swap, writer: FileWriter): Promise<void> {
  for (const { path, fresh } of swap.files) {
    const target = join(swap.folder, path);
    const old = oldOf(swap, path);
    if (await isThere(old)) await moveOver(old, target, writer);
    else if (fresh && !(await isThere(newOf(swap, path)))) await writer.remove(target);
  }
  await settle(swap, writer);
}

/** Whatever temporary file is left. */
export async function clearBeside(swap: Swap, writer: FileWriter): Promise<void> {
  for (const { path } of swap.files) {
    for (const name of [newOf(swap, path), oldOf(swap, path)]) if (await isThere(name)) await writer.remove(name);
  }
}

/** Two names of one file: rename leaves both (POSIX), so the one that must go is removed. */
async function moveOver(from: string, to: string, writer: FileWriter): Promise<void> {
  await writer.rename(from, to);
  if (await isThere(from)) await writer.remove(from);
}

async function settle(swap: Swap, writer: FileWriter): Promise<void> {
  const folders = new Set(swap.files.map(({ path }) => join(swap.folder, dirname(path))));
  for (const folder of folders) if (await isThere(folder)) await writer.settle(folder);
}
