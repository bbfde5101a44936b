import { PassThrough } from 'node:stream';

/**
 * Lets something read a download while it goes on. What reads may stop early: the rest of the download then goes by.
 * `end` must be called when the download is over, however it went.
 */
export function tee<T>(read: (stream: AsyncIterable<Uint8Array>) => Promise<T>): {
  readonly sink: (chunk: Uint8Array) => Promise<void>;
  readonly result: Promise<T>;
  readonly end: () => void;
} {
  const through = new PassThrough();
  const result = read(through).finally(() => through.destroy());
  // It is awaited after the download; until then a failure must not be an unhandled one.
  result.catch(() => {});
  return {
    async sink(chunk) {
      if (!through.destroyed && !through.write(chunk)) await room(through);
    },
    result,
    end: () => void through.end(),
  };
}

/** What can be waited for before more is written; streams of two kinds are used here. */
interface Filling {
  on(event: 'drain' | 'close', go: () => void): unknown;
  off(event: 'drain' | 'close', go: () => void): unknown;
}

/** Until it takes more, or nobody reads it any longer. */
export const room = (stream: Filling): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      stream.off('drain', go);
      stream.off('close', go);
      resolve();
    };
    stream.on('drain', go);
    stream.on('close', go);
  });
