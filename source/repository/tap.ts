import { once } from 'node:events';
import { PassThrough } from 'node:stream';

/**
 * Lets something read a download while it goes on. What reads may stop early: the rest of the download then goes by.
 * `end` must be called when the download is over, however it went.
 */
export function tap<T>(read: (stream: AsyncIterable<Uint8Array>) => Promise<T>): {
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
      if (through.destroyed || through.write(chunk)) return;
      await Promise.race([once(through, 'drain'), once(through, 'close')]).catch(() => {});
    },
    result,
    end: () => void through.end(),
  };
}
