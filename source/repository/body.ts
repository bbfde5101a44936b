import { createHash } from 'node:crypto';
import type { FetchOptions, FetchProblem } from './fetch.ts';

/** A download that takes longer would keep a whole work waiting. */
const longest = 15 * 60_000;

export interface ReadBody {
  readonly bytes: number;
  readonly body: Uint8Array;
  readonly sha256: string | null;
  readonly problem: FetchProblem | null;
}

/** Reads a body under the limits of its options, whatever protocol it comes by. Throws for an abort only. */
export async function readBody(
  source: AsyncIterable<Uint8Array>,
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
  const began = performance.now();
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      sum.update(chunk);
      if (keptBytes < keep) {
        const part = chunk.subarray(0, keep - keptBytes);
        kept.push(part);
        keptBytes += part.length;
      }
      onProgress?.({ bytes, total: declared });
      if (bytes > most) return result({ kind: 'too-large', text: 'it is larger than anything that belongs here' });
      if (performance.now() - began > longest) {
        return result({ kind: 'slow', text: `only ${bytes} bytes came in 15 minutes` });
      }
      await sink?.(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    return result({ kind: 'cut-off', text: declared === null ? networkReason(error) : ofDeclared(bytes, declared) });
  }
  if (declared !== null && bytes < declared) return result({ kind: 'cut-off', text: ofDeclared(bytes, declared) });
  return result(null);
}

const ofDeclared = (bytes: number, declared: number): string => `${bytes} of ${declared} bytes came`;

/** A system's error of the network in words. */
export function networkReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'connection refused: no server listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host name';
  if (code === 'ECONNRESET') return 'the server closed the connection';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'there is no route to the server';
  if (code === 'ETIMEDOUT') return 'there is no answer';
  return error instanceof Error ? error.message : String(error);
}
