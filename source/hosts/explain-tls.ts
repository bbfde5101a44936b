import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import type { Problem } from '../problem/problem.ts';
import type { ConnectionFailure } from '../transport/failure.ts';
import { type Agreement, OldTls, type Presented, UntrustedCertificate } from '../transport/trust.ts';
import { flawText, namesText, typedHost } from './certificate.ts';

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
    try: [own, { act: 'trust', host: typedHost(authority), fingerprint, note: 'trusts it from now on' }],
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
        ...{ act: 'trust', host: typedHost(authority), fingerprint, legacyTls: legacyTls && isOld(presented) },
        note: 'only if the host has got a new certificate',
      },
    ],
  };
}

const isOld = ({ protocol }: Presented): boolean => protocol === 'TLSv1' || protocol === 'TLSv1.1';

/** `presented`: what it shows where old TLS is spoken; null: not known. */
export function oldTls(authority: string, presented: Presented | null): Problem {
  const host = typedHost(authority);
  const spoken = presented === null ? '' : ` ${shown(presented)}.`;
  return {
    code: 'old-tls',
    exit: exit.certificate,
    message: `${host} speaks only TLS that is too old to be safe, as XenServer 5.6 to 6.2 do.`,
    cause: `Whoever is on the way and able may read the password.${spoken} Nothing was sent.`,
    try: [
      ...(presented === null ? [] : [own]),
      {
        ...{ act: 'trust', host, legacyTls: true },
        ...(presented === null ? {} : { fingerprint: presented.fingerprint }),
        note: 'speaks old TLS with this host from now on',
      },
      inClear(authority),
    ],
  };
}

function shown(presented: Presented): string {
  const { fingerprint, notBefore, notAfter } = presented;
  const dates = `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
  return `It shows SHA-256 ${fingerprint} for the names ${namesText(presented)}, ${dates}`;
}
