import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readlink, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../limits/limits.ts';
import { systemText } from '../problem/system-text.ts';
import { tooLarge } from './own-file.ts';

/** Milliseconds between two looks at a pipe that is empty yet. */
const beat = 20;

/**
 * A small file that somebody has named: a file, or a pipe, as `-`, /dev/stdin and the shell's <(…) are. It is never
 * opened so that one waits for another process to open it, too: such a wait cannot be ended. Errors: a sentence for
 * what it is instead or why it cannot be read, for more than `most` bytes, and for a pipe that does not end in time; the signal's reason.
 */
export async function readGiven(path: string, most: number, signal?: AbortSignal): Promise<string> {
  if (path === '-' || path === '/dev/stdin') return readStdin(most, signal);
  const about = await lookAt(path);
  if (about.isDirectory() || about.isSocket()) throw notAFile(about);
  if (about.isFile() && about.size > most) throw tooLarge(most);
  const file = await openGiven(path);
  try {
    return await readAll(file, about, isOpenAlready(path), most, signal);
  } finally {
    await file.close();
  }
}

/** The same for what is read from several places of it, so that nothing but a regular file will do. */
export async function openRegular(path: string): Promise<{ readonly file: FileHandle; readonly size: number }> {
  const about = await lookAt(path);
  if (!about.isFile()) throw notAFile(about);
  // Looked at again when it is open: it may have become something else.
  const file = await openGiven(path);
  const { size } = await file.stat();
  return { file, size };
}

/** What nobody has named, and which is looked at if it is there: null unless it is a file of at most `most` bytes. */
export async function readIfThere(path: string, most: number): Promise<string | null> {
  const opened = await openRegular(path).catch(() => null);
  if (opened === null) return null;
  const { file, size } = opened;
  try {
    return size > most ? null : await file.readFile('utf8');
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

/** What stands there, links followed. Errors: a sentence, without the path. */
export async function lookAt(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const link = await readlink(path).catch(() => null);
    throw link === null ? new Error(unreadText(error)) : new Error(`it is a link to ${link}: ${unreadText(error)}`);
  }
}

/** Why a file cannot be read, in a sentence's end: its path is named already. */
export function unreadText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (codeOf(error) === 'ENOENT') return 'there is no such file';
  if (codeOf(error) === 'EACCES') return 'you may not read it';
  return systemText(error);
}

const openGiven = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new Error(unreadText(error));
  });

/** What somebody has named, in two words. */
export function kindOf(about: Stats): string {
  if (about.isFile()) return 'a file';
  if (about.isDirectory()) return 'a folder';
  if (about.isFIFO()) return 'a pipe';
  return about.isSocket() ? 'a socket' : 'a device';
}

const notAFile = (about: Stats): Error => new Error(`it is ${kindOf(about)}, not a file`);

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined);

/** Somebody writes to it since before we were started: its end is its end. */
const isOpenAlready = (path: string): boolean => /^\/(dev\/fd|proc\/(self|\d+)\/fd)\//.test(path);

async function readAll(
  file: FileHandle,
  about: Stats,
  begun: boolean,
  most: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const end = performance.now() + limits.given.wait;
  for (;;) {
    signal?.throwIfAborted();
    const read = await file.read(Buffer.alloc(limits.given.chunk)).catch(emptyYet);
    if (read !== null && read.bytesRead > 0) {
      size += read.bytesRead;
      if (size > most) throw tooLarge(most);
      chunks.push(read.buffer.subarray(0, read.bytesRead));
    } else if (read !== null && (size > 0 || begun || !about.isFIFO())) {
      return Buffer.concat(chunks).toString('utf8');
    } else {
      if (performance.now() > end) throw tooSlow();
      await sleep(beat, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** By the stream of this process: a socket, which stdin may be, cannot be opened by a name. */
async function readStdin(most: number, signal: AbortSignal | undefined): Promise<string> {
  const { stdin } = process;
  const chunks: Buffer[] = [];
  let size = 0;
  const late = AbortSignal.timeout(limits.given.wait);
  const ended = AbortSignal.any([late, ...(signal === undefined ? [] : [signal])]);
  const stop = (): void => void stdin.destroy();
  ended.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) {
      size += chunk.length;
      if (size > most) throw tooLarge(most);
      chunks.push(Buffer.from(chunk));
    }
  } catch (error) {
    if (!ended.aborted) throw error;
  } finally {
    ended.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  if (late.aborted) throw tooSlow();
  return Buffer.concat(chunks).toString('utf8');
}

function emptyYet(error: unknown): null {
  if (error instanceof Error && codeOf(error) === 'EAGAIN') return null;
  throw error;
}

const tooSlow = (): Error => new Error(`it did not come to its end within ${limits.given.wait / 1000} s`);
