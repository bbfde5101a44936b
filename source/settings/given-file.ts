import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../limits/limits.ts';
import { tooLarge } from './own-file.ts';

/** Milliseconds between two looks at a pipe that is empty yet. */
const beat = 20;

/**
 * A small file that somebody has named: a file, or a pipe, as `-`, /dev/stdin and the shell's <(…) are. It is never
 * opened so that one waits for another process to open it, too: such a wait cannot be ended. Errors: a sentence for
 * what it is instead, for more than `most` bytes, and for a pipe that does not end in time; the signal's reason.
 */
export async function readGiven(path: string, most: number, signal?: AbortSignal): Promise<string> {
  if (path === '-' || path === '/dev/stdin') return readStdin(most, signal);
  const about = await stat(path);
  if (about.isDirectory()) throw new Error('it is a folder, not a file');
  if (about.isFile() && about.size > most) throw tooLarge(most);
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await readAll(file, about, isOpenAlready(path), most, signal);
  } finally {
    await file.close();
  }
}

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
  if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null;
  throw error;
}

const tooSlow = (): Error => new Error(`it did not come to its end within ${limits.given.wait / 1000} s`);
