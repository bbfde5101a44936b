import type { Writable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';
import { room } from '../formats/tee.ts';
import { exit } from '../problem/exit.ts';
import { ProblemError } from '../problem/problem.ts';
import { systemText } from '../problem/system-text.ts';
import type { Place } from './place.ts';
import type { StagedFile } from './staged-file.ts';

/**
 * Writes the files as a tar archive; folders are not named, so that their modes on the other side stay. Throws when
 * nobody reads it any longer, when a file cannot be read, and for an abort.
 */
export async function writeTar(files: readonly StagedFile[], out: Writable, signal: AbortSignal): Promise<void> {
  const tar = pack();
  const written = drainInto(tar, out, signal);
  written.catch(() => tar.destroy());
  for (const file of files) {
    try {
      await Promise.race([addFile(tar, file), written]);
    } catch (error) {
      tar.destroy();
      // A reader that has gone breaks the file in work as well: what it says is the reason.
      const reason: unknown = await written.then(
        () => error,
        (end: unknown) => end,
      );
      throw reason instanceof ReaderGone ? reason : error;
    }
  }
  tar.finalize();
  await written;
}

/** What takes the archive has ended. */
class ReaderGone extends Error {
  constructor(cause: Error | null) {
    super(cause?.message ?? 'nobody reads it any longer', { cause });
  }
}

/** Not pipeline: it would end the stream, and standard output is not ours to end. */
async function drainInto(tar: Pack, out: Writable, signal: AbortSignal): Promise<void> {
  let broken: Error | null = null;
  const fail = (error: Error): void => {
    broken = error;
  };
  out.on('error', fail);
  try {
    for await (const chunk of tar) {
      signal.throwIfAborted();
      if (!out.destroyed && !out.write(chunk)) await Promise.race([room(out), aborted(signal)]);
      signal.throwIfAborted();
      if (broken !== null || out.destroyed) throw new ReaderGone(broken);
    }
  } finally {
    // A late EPIPE must not be an unhandled one.
    out.off('error', fail);
    out.on('error', () => {});
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

function addFile(tar: Pack, file: StagedFile): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const header = { name: file.path, size: file.size, mode: 0o644 };
    const entry = tar.entry(header, (error) => (error ? reject(error) : resolve()));
    const source = file.open();
    source.on('data', (chunk: Uint8Array) => {
      if (!entry.write(chunk)) source.pause();
    });
    entry.on('drain', () => source.resume());
    source.on('end', () => entry.end(null));
    source.on('error', reject);
  });
}

/** An archive on standard output: what is there on the other side is known to whoever unpacks it. */
export function tarPlace(out: Writable): Place {
  return {
    name: 'standard output',
    async put(files, signal) {
      await writeTar(files, out, signal).catch((error: unknown) => notTaken(error, signal));
      const placed = files.map(({ path, size, sha256 }) => ({
        path,
        bytes: size,
        sha256,
        changed: true,
        backup: null,
      }));
      return { placed, repairs: [] };
    },
  };
}

/** The line that unpacks it in a root, with the guarantees tar can give: the one before kept, modes as sent. */
export const unpackLine = (root: string): string =>
  `umask 022; tar -xpf - --no-same-owner --backup=simple --suffix=.bak -C ${root}`;

function notTaken(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  throw new ProblemError(
    {
      code: 'not-written',
      exit: exit.usage,
      message: 'The archive was not taken to its end.',
      cause: `${systemText(error)}.`,
      try: ['Look at what takes it: the program behind the pipe, or the disk.'],
    },
    { cause: error },
  );
}
