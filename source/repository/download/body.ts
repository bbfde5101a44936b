import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { limits } from '../../limits/limits.ts';
import { networkReason } from '../../transport/failure.ts';
import type { FetchOptions, FetchProblem } from './fetched.ts';

export interface ReadBody {
  readonly bytes: number;
  readonly body: Uint8Array;
  readonly sha256: string | null;
  readonly problem: FetchProblem | null;
}

/** Reads a body under the limits of its options, whatever protocol it comes by. Throws for an abort only. */
export async function readBody(
  source: Readable,
  declared: number | null,
  { keep, most, signal, sink, onProgress }: FetchOptions,
): Promise<ReadBody> {
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  let bytes = 0;
  const sum = createHash('sha256');
  const result = (problem: FetchProblem | null): ReadBody => {
    const sha256 = problem === null ? sum.digest('hex') : null;
    return { bytes, body: Buffer.concat(kept), sha256, problem };
  };
  let slow: string | null = null;
  const stop = (text: string): void => {
    slow = text;
    source.destroy(new Error(text));
  };
  const whole = setTimeout(
    () => stop(`only ${bytes} bytes came in ${limits.download.whole / 60_000} minutes`),
    limits.download.whole,
  );
  let quiet = setTimeout(() => stop('there is no answer'), limits.download.silence);
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      clearTimeout(quiet);
      bytes += chunk.length;
      sum.update(chunk);
      if (keptBytes < keep) {
        const part = chunk.subarray(0, keep - keptBytes);
        kept.push(part);
        keptBytes += part.length;
      }
      onProgress?.({ bytes, total: declared });
      if (bytes > most) return result({ kind: 'too-large', text: 'it is larger than anything that belongs here' });
      await sink?.(chunk);
      quiet = setTimeout(() => stop('there is no answer'), limits.download.silence);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (slow !== null && bytes > 0 && declared === null) return result({ kind: 'slow', text: slow });
    return result({ kind: 'cut-off', text: declared === null ? networkReason(error) : ofDeclared(bytes, declared) });
  } finally {
    clearTimeout(whole);
    clearTimeout(quiet);
  }
  if (declared !== null && bytes < declared) return result({ kind: 'cut-off', text: ofDeclared(bytes, declared) });
  return result(null);
}

const ofDeclared = (bytes: number, declared: number): string => `${bytes} of ${declared} bytes came`;
