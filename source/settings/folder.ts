import { mkdirSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { givePathToOwnerOf, ourFolder } from './own-file.ts';

/**
 * Makes a folder that only its owner can look into, and those above it. Not Node's own `recursive`: where a file system
 * refuses new folders as "not found" (/proc does), that never comes back. Gives what is there then. Errors: those of the
 * file system; a sentence where it is there and not ours.
 */
export function makeFolder(path: string): Stats {
  try {
    make(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code !== 'EEXIST') {
      if (code !== 'ENOENT' || dirname(path) === path) throw error;
      makeFolder(dirname(path));
      make(path);
    }
  }
  return ourFolder(path);
}

function make(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  givePathToOwnerOf(dirname(path), path);
}
