import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateFolder, removeSocket } from '../socket-folder.ts';

/** Where a connection of ssh waits for others to go through it. */
export interface ControlPath {
  readonly path: string;
  /** Takes away what is left of it: ssh that was killed has left its socket. */
  forget(): void;
}

/** Bytes of a path: ssh makes its socket under a longer name first (mux.c), and a socket's path has 107 at most. */
const longest = 107 - '.0123456789abcdef'.length;

/** A path that only this user can reach. Another name each time: what somebody killed has left is in nobody's way. */
export function controlPath(folders: readonly string[]): ControlPath {
  const name = `ssh-${process.pid}-${randomBytes(3).toString('hex')}`;
  const shared = privateFolder(folders.filter((one) => Buffer.byteLength(join(one, name)) <= longest));
  if (shared !== null) return at(join(shared, name), () => {});
  const own = mkdtempSync(join(tmpdir(), 'xenfai-'));
  return at(join(own, 'ssh'), () => rmdirSync(own));
}

const at = (path: string, andThen: () => void): ControlPath => ({
  path,
  forget() {
    try {
      removeSocket(path);
      andThen();
    } catch {
      // Somebody has cleared up before, its folder and all.
    }
  },
});
