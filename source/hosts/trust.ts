import { type Problem, ProblemError } from '../problem/problem.ts';
import type { KnownHost } from '../settings/known-host.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import type { MeetOptions, Transport } from '../transport/transport.ts';
import { OldTls, type Presented, UntrustedCertificate } from '../transport/trust.ts';
import { PoolAway } from '../xapi/seek.ts';
import { showAddress } from './address.ts';
import { explain } from './explain.ts';
import { inClear, oldTls } from './explain-tls.ts';

/** What somebody may agree to, of a host that nobody has agreed to yet: a certificate, and old TLS where it has no other. */
export interface Offer {
  readonly presented: Presented;
  readonly legacyTls: boolean;
}

/** Nothing was sent, because nobody has agreed to this host's certificate yet. */
export class TrustNeeded extends ProblemError {
  readonly offer: Offer;

  constructor(problem: Problem, offer: Offer, cause: unknown) {
    super(problem, { cause });
    this.offer = offer;
  }
}

/**
 * What an error offers to agree to; null: it is another error, or a certificate that has changed. One that is too old for
 * today's TLS is met once more with the old one, for what it shows.
 */
export async function offerOf(
  error: unknown,
  { transport, signal }: { readonly transport: Pick<Transport, 'meet'>; readonly signal: AbortSignal },
): Promise<Offer | null> {
  const untrusted = error instanceof PoolAway ? error.untrusted : error;
  if (untrusted instanceof UntrustedCertificate)
    return untrusted.agreement === null ? { presented: untrusted.presented, legacyTls: false } : null;
  if (!(untrusted instanceof OldTls) || untrusted.known) return null;
  const at = new URL(`https://${untrusted.authority}`);
  const presented = await transport.meet(at, { legacyTls: true }, signal).catch(() => null);
  signal.throwIfAborted();
  return presented === null ? null : { presented, legacyTls: true };
}

/** It shows another certificate than the one that somebody has agreed to: to try again would not help. */
export const isChanged = (error: unknown): boolean =>
  error instanceof UntrustedCertificate && error.agreement !== null;

/** An agreement to what was offered, or to the CA that has signed it, to be kept. */
export const agreed = ({ presented, legacyTls }: Offer, now: Date, caFile?: string): KnownHost => ({
  host: presented.authority,
  ...(caFile === undefined ? { fingerprint: presented.fingerprint } : { caFile }),
  legacyTls,
  since: now.toISOString(),
});

/**
 * Why a host could not be opened: TrustNeeded where somebody can be asked, else the problem. A host that is too old for
 * today's TLS is met once more with the old one, for what it shows; a changed certificate is refused, and never offered.
 */
export async function openingFailure(
  error: unknown,
  { url, address, transport, signal }: OpeningOf,
): Promise<ProblemError> {
  const problem = explain(error, address);
  const whole = signal ?? new AbortController().signal;
  const offer = error instanceof PoolAway ? null : await offerOf(error, { transport, signal: whole });
  if (offer !== null) {
    const { presented, legacyTls } = offer;
    return new TrustNeeded(legacyTls ? oldTls(presented.authority, presented) : problem, offer, error);
  }
  const plain = await answersInClear(error, { url, transport, signal });
  return new ProblemError(plain ? inClearInstead(problem, url) : problem, { cause: error });
}

/** Nothing speaks TLS at the usual port, and something listens at that of plain http. It is told, and never gone to. */
async function answersInClear(
  error: unknown,
  { url, transport, signal }: Omit<OpeningOf, 'address'>,
): Promise<boolean> {
  const refused = error instanceof ConnectionFailure && error.kind === 'unreachable';
  if (!refused || url.protocol !== 'https:' || url.port !== '') return false;
  return transport.dial(url.hostname, 80, signal ?? new AbortController().signal);
}

const inClearInstead = (problem: Problem, { host }: URL): Problem => ({
  ...problem,
  cause: `${problem.cause ?? ''}; but port 80 answers, where nothing is encrypted`,
  try: [inClear(host)],
});

/**
 * Whether a host can be spoken to at all, before anybody is asked for a password. Plain http has nothing to be trusted by.
 * Errors: as `openHost`, but for the login's.
 */
export async function reachHost(url: URL, { transport, signal }: Reaching): Promise<void> {
  if (url.protocol !== 'https:') return;
  await transport.reach(url, signal).catch(async (error: unknown) => {
    throw await openingFailure(error, { url, address: showAddress(url), transport, signal });
  });
}

/** What a host shows, believed or not. Errors: as `reachHost`; TrustNeeded where it knows only old TLS. */
export const meetHost = (url: URL, how: MeetOptions, { transport, signal }: Reaching): Promise<Presented> =>
  transport.meet(url, how, signal).catch(async (error: unknown) => {
    throw await openingFailure(error, { url, address: showAddress(url), transport, signal });
  });

interface Reaching {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

interface OpeningOf {
  /** Of the host that failed. */
  readonly url: URL;
  readonly address: string;
  readonly transport: Pick<Transport, 'meet' | 'dial'>;
  readonly signal?: AbortSignal | undefined;
}
