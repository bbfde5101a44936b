import type { Transport } from '../../transport/transport.ts';

/** How far a download is; `total` null when the server does not say. */
export interface FetchProgress {
  readonly bytes: number;
  readonly total: number | null;
}

/** Why a file did not come whole. `text` is a sentence without its full stop. */
export interface FetchProblem {
  readonly kind: 'missing' | 'server' | 'unreachable' | 'redirect' | 'cut-off' | 'too-large' | 'slow';
  readonly text: string;
}

/** A fetched file. `body` holds at most `keep` bytes, `bytes` counts all. `status`: of HTTP; null where none came. */
export interface Fetched {
  readonly url: string;
  readonly finalUrl: string;
  readonly status: number | null;
  readonly type: string;
  /** The length the server promised. */
  readonly declared: number | null;
  readonly modified: Date | null;
  readonly bytes: number;
  readonly body: Uint8Array;
  /** Of all bytes; null when they did not come whole. */
  readonly sha256: string | null;
  readonly problem: FetchProblem | null;
}

export interface FetchOptions {
  readonly transport: Transport;
  readonly keep: number;
  /** Stop reading after so many bytes. */
  readonly most: number;
  /** As install-proxy has it; for http only, as in the loader. */
  readonly proxy?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** Gets every piece as it comes; the next is read when it has been taken. */
  readonly sink?: ((chunk: Uint8Array) => Promise<void>) | undefined;
}

export function nothing(url: string, problem: FetchProblem, finalUrl = url): Fetched {
  const empty = { type: '', declared: null, modified: null, bytes: 0, body: new Uint8Array(), sha256: null };
  return { url, finalUrl, status: null, ...empty, problem };
}
