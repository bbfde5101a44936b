import { closeSync, constants, fchownSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatBytes } from '../text/sizes.ts';

// Files and folders of ours, in the account of whoever runs xenfai. They may be anything by now, made by anybody: only
// regular files are read, nothing is waited for, and nothing of other people is believed.

/**
 * Why something is not to be believed, whose owner should be one of these; null: it is. A group may write: with a umask
 * of 002 it is the person's own.
 */
function distrust(about: Stats, owners: readonly number[]): string | null {
  if (process.getuid !== undefined && !owners.includes(about.uid)) return 'it belongs to another user';
  const sticky = about.isDirectory() && (about.mode & 0o1000) !== 0;
  return (about.mode & 0o002) !== 0 && !sticky ? 'everybody may write to it' : null;
}

/** Opens one that is there, or makes it (`flags`), mode 0600. Errors: of the file system, and a sentence for what it is. */
export function openOwn(path: string, flags: number): number {
  const { uid } = ourFolder(dirname(path));
  const file = openSync(path, flags | constants.O_NONBLOCK, 0o600);
  try {
    const about = fstatSync(file);
    const reason = about.isFile() ? distrust(about, [me(), 0, uid]) : 'it is no file';
    if (reason !== null) throw new Error(reason);
    if (about.size === 0) giveToOwnerOf(dirname(path), file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** What one holds, its last `most` bytes or an error where it has more. Errors: as `openOwn`. */
export const readOwn = (path: string, most: number, more: 'its end' | 'error' = 'error', flags = 0): string =>
  readOwnBytes(path, most, more, flags).toString('utf8');

/** The same as bytes. */
export function readOwnBytes(path: string, most: number, more: 'its end' | 'error' = 'error', flags = 0): Buffer {
  const file = openOwn(path, constants.O_RDONLY | flags);
  try {
    const { size } = fstatSync(file);
    if (size > most && more === 'error') throw tooLarge(most);
    const data = Buffer.alloc(Math.min(size, most));
    let at = 0;
    for (let read = -1; read !== 0 && at < data.length; at += read)
      read = readSync(file, data, at, data.length - at, Math.max(0, size - most) + at);
    return data.subarray(0, at);
  } finally {
    closeSync(file);
  }
}

/** What root makes in somebody's folder is that person's: otherwise their own next start could not write to it. */
export function giveToOwnerOf(folder: string, file: number): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  if (uid !== 0 && fstatSync(file).uid === 0) fchownSync(file, uid, gid);
}

/** The same for what is there already, by its path. No link is followed. */
export function givePathToOwnerOf(folder: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    giveToOwnerOf(folder, file);
  } finally {
    closeSync(file);
  }
}

/**
 * A folder of ours that is there. Root takes anybody's that it is sent to: with sudo its owner is the person at the
 * keyboard. Errors: a sentence where it is not ours; of the file system where it is not there.
 */
export function ourFolder(path: string): Stats {
  const about = statSync(path);
  const owners = me() === 0 ? [about.uid] : [me(), 0];
  const reason = about.isDirectory() ? distrust(about, owners) : 'it is no folder';
  if (reason !== null) throw new Error(`the folder ${path} is not used: ${reason}`);
  return about;
}

/** What is said of a file that has more than what is read of its kind. */
export const tooLarge = (most: number): Error => new Error(`it has more than ${formatBytes(most)}`);

const me = (): number => process.getuid?.() ?? -1;
