import { chmodSync, lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

/** Bytes of a socket's path that every Linux takes (unix(7): 108 with the end mark). */
const longestPath = 107;

/**
 * Where the processes of one user meet on this machine, the best place first: the session's own folder, and below the
 * state folder, which several machines may share, one for each of them. None is used that somebody else could write to.
 */
export function socketFolders(env: Readonly<Record<string, string | undefined>>, stateFolder: string): string[] {
  const session = env['XDG_RUNTIME_DIR'];
  const user = process.getuid?.();
  const bases = [...(session ? [session] : []), ...(user === undefined ? [] : [`/run/user/${user}`])];
  return [...new Set([...bases.map((base) => join(base, 'xenfai')), join(stateFolder, 'sockets', hostname())])];
}

/** The name tells everybody who may ask which process it is: see `portHolder`. */
export const socketName = (port: number): string => `xenfai-monitor-${port}-`;

/** A path for this process's socket in the first folder that is ours or can be made; null where there is none. */
export function ownSocket(folders: readonly string[], port: number): string | null {
  for (const folder of folders) {
    const path = join(folder, `${socketName(port)}${process.pid}`);
    if (Buffer.byteLength(path) <= longestPath && make(folder)) return path;
  }
  return null;
}

/** The first of these folders that is ours or can be made; null: none is. */
export const privateFolder = (folders: readonly string[]): string | null => folders.find(make) ?? null;

/** All sockets for that port that processes of this user have made, and that some may have left behind. */
export function socketsFor(folders: readonly string[], port: number): string[] {
  return folders.filter(isPrivate).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(socketName(port)))
      .map((name) => join(folder, name))
      .filter(isOwnSocket),
  );
}

/** Takes a socket's file away, and no other file. */
export function removeSocket(path: string): void {
  if (isPrivate(dirname(path)) && isOwnSocket(path)) unlinkSync(path);
}

/** Whoever has the file may write to the socket. */
export const closeToOthers = (path: string): void => chmodSync(path, 0o600);

/** Makes the folder; what lies above is made only below a folder that is ours. False where that cannot be. */
function make(folder: string): boolean {
  if (isPrivate(folder)) return true;
  const above = dirname(folder);
  if (exists(folder) || above === folder || !(exists(above) ? isOwn(above, writeByAll) : make(above))) return false;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // Another process has made it meanwhile, or the disk is full.
  }
  return isPrivate(folder);
}

const writeByAll = 0o002;
const anythingByOthers = 0o077;

const isPrivate = (path: string): boolean => isOwn(path, anythingByOthers);

/** A real folder, no link to one, that belongs to this user and grants none of these permissions. */
function isOwn(path: string, forbidden: number): boolean {
  const status = statusOf(path);
  return status?.isDirectory() === true && status.uid === process.getuid?.() && (status.mode & forbidden) === 0;
}

function isOwnSocket(path: string): boolean {
  const status = statusOf(path);
  return status?.isSocket() === true && status.uid === process.getuid?.();
}

const exists = (path: string): boolean => statusOf(path) !== null;

const statusOf = (path: string) => {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
};
