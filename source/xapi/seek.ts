import { ConnectionFailure } from '../transport/failure.ts';
import { OldTls, UntrustedCertificate } from '../transport/trust.ts';
import { classify, HostFailure } from './errors.ts';

/** How the coordinator of a pool is looked for. */
export interface Search<T> {
  /** Where it was last. */
  readonly from: URL;
  /** Other hosts of the pool, as far as they are known. */
  readonly members: readonly URL[];
  /** Logs in at one of them. */
  readonly ask: (url: URL) => Promise<T>;
  /** Where a host's answer sends on to; null: nowhere. */
  readonly sentOn: (error: unknown, url: URL) => URL | null;
}

/** Nobody of a pool could be logged in at: the host that this is about, and its error as `cause`. */
export class NotFound extends Error {
  readonly url: URL;

  constructor(url: URL, cause: unknown) {
    super(`${url.host} did not let us in`, { cause });
    this.name = 'NotFound';
    this.url = url;
  }
}

/** A host is away, and nobody has agreed to the certificate, or the old TLS, of one that may know who does its work now. */
export class PoolAway extends ConnectionFailure {
  readonly untrusted: UntrustedCertificate | OldTls;

  constructor(away: ConnectionFailure, untrusted: UntrustedCertificate | OldTls) {
    super(away.kind, away.message, { cause: away });
    this.untrusted = untrusted;
  }
}

/**
 * Logs in at the coordinator: where it was last, where any host sends on to, and then at each other host of the pool in
 * turn, for another may have been promoted. Errors: NotFound, about the host that was looked for; about another one only
 * where that is what a host has sent on to. What ends the search at once: a refused login, a certificate of a host that
 * was named, an abort.
 */
export async function seek<T>({ from, members, ask, sentOn }: Search<T>): Promise<T> {
  const asked = new Set<string>();
  let failure: NotFound | null = null;
  let untrusted: UntrustedCertificate | OldTls | null = null;
  for (const start of [from, ...members]) {
    let url: URL | null = start;
    while (url !== null && !asked.has(url.href)) {
      asked.add(url.href);
      try {
        return await ask(url);
      } catch (error) {
        const isGuess = start !== from && url === start;
        if (isGuess && (error instanceof UntrustedCertificate || error instanceof OldTls)) untrusted ??= error;
        else if (!mayBeElsewhere(error)) throw new NotFound(url, error);
        if (start === from) failure = new NotFound(url, error);
        url = sentOn(error, url);
      }
    }
  }
  const { cause, url = from } = failure ?? {};
  const away = cause instanceof ConnectionFailure && untrusted !== null ? new PoolAway(cause, untrusted) : cause;
  throw new NotFound(url, away);
}

/** Another host may answer in the place of one that says this, or this one later. */
export function mayBeElsewhere(error: unknown): boolean {
  if (error instanceof ConnectionFailure) return error.kind !== 'certificate' && error.kind !== 'old-tls';
  if (!(error instanceof HostFailure)) return false;
  const { kind } = classify(error);
  return kind === 'booting' || kind === 'emergency' || kind === 'slave';
}
