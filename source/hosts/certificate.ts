import { limits } from '../limits/limits.ts';
import { shortTime } from '../text/time.ts';
import { leadsTo } from '../transport/ssh/way.ts';
import type { Flaw, Presented } from '../transport/trust.ts';

/** What there is to know of a certificate, for a table of two columns. Foreign in part. */
export type Fact = readonly [label: string, value: string];

/** `xvm03` of `xvm03:443`: as somebody types a host whose port is the usual one. */
export const typedHost = (authority: string): string => authority.replace(/:443$/, '');

const flaws: Readonly<Record<Flaw, string>> = {
  'self-signed': 'it is signed by itself, as each XenServer ships one',
  'unknown-ca': 'it is signed by a CA that this machine does not know',
  expired: 'it has expired',
  'not-yet-valid': 'it is not valid yet',
  'wrong-name': 'it is for another name',
  weak: 'its key or its signature is too weak',
  invalid: 'it is not valid',
};

/** Why nobody vouches for it; empty: somebody does. */
export const flawText = ({ flaw }: Pick<Presented, 'flaw'>): string => (flaw === null ? '' : flaws[flaw]);

/** The same facts for the question, the screen, and the problem. `now`: milliseconds since 1970. */
export const certificateFacts = (presented: Presented, now: number): readonly Fact[] => [
  ['host', typedHost(presented.authority)],
  ['SHA-256', presented.fingerprint],
  ['names', namesText(presented)],
  ['issuer', presented.flaw === 'self-signed' ? 'itself' : presented.issuer],
  ['valid', validity(presented, now)],
  ['spoken', presented.protocol.replace(/^TLSv1$/, 'TLSv1.0').replace('TLSv', 'TLS ')],
];

/** A server may send thousands; the first ones will do to know it by. */
export function namesText({ names }: Pick<Presented, 'names'>): string {
  const more = names.length - limits.name.suggested;
  const first = names.slice(0, limits.name.suggested).join(', ') || 'none';
  return more > 0 ? `${first} and ${more} more` : first;
}

/** Why somebody is asked about a host. */
export const reasonToAsk = (presented: Presented): string =>
  `It is not trusted yet: ${flawText(presented) || 'its TLS is too old to be safe'}.`;

/** What is said of old TLS before somebody agrees to it. */
export const oldTlsWarning = (presented: Presented): string =>
  `Old TLS is spoken with it if it knows no better: ${isCovered(presented) ? throughout : readable}`;

/** By ssh to the very host: nothing of it crosses a network by itself. */
export const isCovered = ({ way, authority }: Presented): boolean =>
  way !== undefined && leadsTo(way, new URL(`https://${authority}`));

/** Of old TLS, by such a way and by any other. */
export const throughout = 'ssh keeps the password from whoever is on the way, up to the host itself.';
const readable = 'whoever is on the way and able may read the password.';

function validity({ notBefore, notAfter }: Presented, now: number): string {
  const [from, to] = [notBefore, notAfter].map((time) =>
    Number.isNaN(Date.parse(time)) ? time : shortTime(time).slice(0, '2010-11-15'.length),
  );
  const over = now > Date.parse(notAfter) ? ' (over)' : now < Date.parse(notBefore) ? ' (not yet)' : '';
  return `${from} to ${to}${over}`;
}
