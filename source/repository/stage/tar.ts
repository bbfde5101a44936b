import type { Writable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Place, StagedFile } from './place.ts';

/** Writes the files as a tar archive; folders are not named, so that their modes on the other side stay. */
export async function writeTar(files: readonly StagedFile[], out: Writable, signal: AbortSignal): Promise<void> {
  const tar = pack();
  const drained = (async () => {
    for await (const chunk of tar) {
      signal.throwIfAborted();
      if (!out.write(chunk)) await drain(out, signal);
    }
  })();
  drained.catch(() => tar.destroy());
  for (const file of files) {
    await new Promise<void>((resolve, reject) => {
      const entry = tar.entry({ name: file.path, size: file.size, mode: 0o644 }, (error) =>
        error ? reject(error) : resolve(),
      );
      const source = file.open();
      source.on('data', (chunk: Uint8Array) => {
        if (!entry.write(chunk)) source.pause();
      });
      entry.on('drain', () => source.resume());
      source.on('end', () => entry.end(null));
      source.on('error', reject);
      drained.catch(reject);
    });
  }
  tar.finalize();
  await drained;
}

const drain = (out: Writable, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (error?: unknown): void => {
      out.off('drain', end);
      out.off('close', closed);
      signal.removeEventListener('abort', aborted);
      if (error === undefined) resolve();
      else reject(error);
    };
    const closed = (): void => end(new Error('the reader of the archive has ended'));
    const aborted = (): void => end(signal.reason);
    out.once('drain', () => end());
    out.once('close', closed);
    signal.addEventListener('abort', aborted, { once: true });
  });

/** An archive on standard output: what is there on the other side is known to whoever unpacks it. */
export function tarPlace(out: Writable): Place {
  return {
    name: 'standard output',
    async put(files, signal) {
      await writeTar(files, out, signal);
      return files.map(({ path, size, sha256 }) => ({ path, bytes: size, sha256, changed: true, backup: null }));
    },
  };
}

/** The line that unpacks it in a root, with the guarantees tar can give: the one before kept, modes as sent. */
export const unpackLine = (root: string): string =>
  `tar -xpf - --no-same-owner --backup=simple --suffix=.bak -C ${root}`;
