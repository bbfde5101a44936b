import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateFolder } from '../socket-folder.ts';

/** Where a connection of ssh waits for others to go through it. */
export interface ControlPath {
  readonly path: string;
  /** Takes away what was made for it; ssh itself takes the socket away. */
  forget(): void;
}

/** Bytes of a path: ssh makes its socket under a longer name first (mux.c), and a socket's path has 107 at most. */
const longest = 107 - '.0123456789abcdef'.length;

/** A path that only this user can reach. Another name each time: what somebody killed has left is in nobody's way. */
export function controlPath(folders: readonly string[]): ControlPath {
  const name = `ssh-${process.pid}-${randomBytes(3).toString('hex')}`;
  const folder = privateFolder(folders.filter((one) => Buffer.byteLength(join(one, name)) <= longest));
  if (folder !== null) return { path: join(folder, name), forget: () => {} };
  const own = mkdtempSync(join(tmpdir(), 'xenfai-'));
  return { path: join(own, 'ssh'), forget: () => removeEmpty(own) };
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // ssh has left its socket, or somebody was quicker: a folder without anything of worth.
  }
}
