import { shortTime } from '../text/time.ts';
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
  ['names', presented.names.join(', ') || 'none'],
  ['issuer', presented.flaw === 'self-signed' ? 'itself' : presented.issuer],
  ['valid', validity(presented, now)],
  ...(presented.flaw === null ? [] : [['not trusted', flawText(presented)] as const]),
  ['spoken', presented.protocol.replace(/^TLSv1$/, 'TLSv1.0').replace('TLSv', 'TLS ')],
];

function validity({ notBefore, notAfter }: Presented, now: number): string {
  const [from, to] = [notBefore, notAfter].map((time) =>
    Number.isNaN(Date.parse(time)) ? time : shortTime(time).slice(0, '2010-11-15'.length),
  );
  const over = now > Date.parse(notAfter) ? ' (over)' : now < Date.parse(notBefore) ? ' (not yet)' : '';
  return `${from} to ${to}${over}`;
}
