import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import type { Problem } from '../problem/problem.ts';
import type { ConnectionFailure } from '../transport/failure.ts';
import { showWay } from '../transport/ssh/way.ts';
import { type Agreement, OldTls, type Presented, UntrustedCertificate } from '../transport/trust.ts';
import { flawText, isCovered, namesText, throughout, typedHost } from './certificate.ts';

/** Where the host itself has its certificate: what it shows there is beyond doubt (init.d-xapissl of 5.6). */
const own: Advice = {
  shell: ['openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in', '/etc/xensource/xapi-ssl.pem'],
  where: 'dom0',
  note: 'what the host itself says; compare it',
};

/** The other way, which nobody is led to by itself. */
export const inClear = (authority: string): string =>
  `Inside a network you trust: http://${authority.replace(/:\d+$/, '')} sends the password in clear text.`;

/** Why nothing was sent to a host by TLS, and how somebody agrees to it all the same. */
export function explainTls(error: ConnectionFailure, host: string): Problem {
  if (error instanceof UntrustedCertificate) {
    return error.agreement === null ? untrusted(error.presented) : changed(error.presented, error.agreement);
  }
  return oldTls(error instanceof OldTls ? error.authority : host, null);
}

/** A certificate that nobody has agreed to yet. */
export function untrusted(presented: Presented): Problem {
  const { authority, fingerprint } = presented;
  return {
    code: 'certificate-not-trusted',
    exit: exit.certificate,
    message: `The certificate of ${typedHost(authority)} is not trusted.`,
    cause: `Nobody vouches for it: ${flawText(presented)}. ${shown(presented)}. Nothing was sent.`,
    try: [
      own,
      { act: 'trust', host: typedHost(authority), ...wayIn(presented), fingerprint, note: 'trusts it from now on' },
    ],
  };
}

function changed(presented: Presented, { trusts, legacyTls }: Agreement): Problem {
  const { authority, fingerprint } = presented;
  const before = 'fingerprint' in trusts ? `SHA-256 ${trusts.fingerprint}` : 'the CA file given for it';
  return {
    code: 'certificate-changed',
    exit: exit.certificate,
    message: `The certificate of ${typedHost(authority)} has changed: it may be another host, or somebody in between.`,
    cause: `Trusted is ${before}; now it shows SHA-256 ${fingerprint} for the names ${namesText(presented)}. Nothing was sent.`,
    try: [
      own,
      {
        ...{ act: 'trust', host: typedHost(authority), ...wayIn(presented), fingerprint },
        legacyTls: legacyTls && isOld(presented),
        note: 'only if the host has got a new certificate',
      },
    ],
  };
}

const isOld = ({ protocol }: Presented): boolean => protocol === 'TLSv1' || protocol === 'TLSv1.1';

/** `presented`: what it shows where old TLS is spoken; null: not known. */
export function oldTls(authority: string, presented: Presented | null): Problem {
  const host = typedHost(authority);
  const covered = presented !== null && isCovered(presented);
  const spoken = presented === null ? '' : ` ${shown(presented)}.`;
  return {
    code: 'old-tls',
    exit: exit.certificate,
    message: `${host} speaks only TLS that is too old to be safe, as XenServer 5.6 to 6.2 do.`,
    cause: `${covered ? throughout : 'Whoever is on the way and able may read the password.'}${spoken} Nothing was sent.`,
    try: [
      ...(presented === null ? [] : [own]),
      {
        ...{ act: 'trust', host, legacyTls: true },
        ...(presented === null ? {} : { ...wayIn(presented), fingerprint: presented.fingerprint }),
        note: 'speaks old TLS with this host from now on',
      },
      covered ? `http://${host} is as safe by this way, and asks nothing of TLS.` : inClear(authority),
    ],
  };
}

/** A line that is to reach the same host goes the same way. */
const wayIn = ({ way }: Presented): { readonly via?: string } => (way === undefined ? {} : { via: showWay(way) });

function shown(presented: Presented): string {
  const { fingerprint, notBefore, notAfter } = presented;
  const dates = `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
  return `It shows SHA-256 ${fingerprint} for the names ${namesText(presented)}, ${dates}`;
}
