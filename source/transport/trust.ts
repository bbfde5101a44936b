import { ConnectionFailure } from './failure.ts';
import type { Way } from './ssh/way.ts';

/** A certificate as a server has shown it, in a handshake that proved that the server has its key. */
export interface Presented {
  /** The server that was dialled: "xvm03:443". */
  readonly authority: string;
  /** It was met by ssh through there. */
  readonly way?: Way;
  /** SHA-256 of the whole certificate, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
  /** Whom it is for: its alternative names, else its common name. Foreign text, as all of its fields. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** "TLSv1", "TLSv1.3". */
  readonly protocol: string;
  /** Why it cannot be believed by itself; null: a CA that counts here vouches for it, under this name, today. */
  readonly flaw: Flaw | null;
}

export type Flaw = 'self-signed' | 'unknown-ca' | 'expired' | 'not-yet-valid' | 'wrong-name' | 'weak' | 'invalid';

/**
 * What somebody has agreed to for one server. It is all that counts there: neither another certificate nor another CA,
 * though this machine may trust it.
 */
export interface Agreement {
  readonly trusts: { readonly fingerprint: string } | { readonly ca: string };
  /** Old TLS may be spoken with it: see `legacyTls` in tls.ts. */
  readonly legacyTls: boolean;
}

/** What was agreed to for a server, by its authority; null: nothing. Asked at every handshake. */
export type Agreements = (authority: string) => Promise<Agreement | null>;

export const nothingAgreed: Agreements = () => Promise.resolve(null);

/**
 * Whether what a server has shown is what is to be believed. Without an agreement the CAs of this machine decide.
 * `changed`: there is an agreement, and this is something else.
 */
export function judge(presented: Presented, agreement: Agreement | null): 'trusted' | 'unknown' | 'changed' {
  if (agreement === null) return presented.flaw === null ? 'trusted' : 'unknown';
  const { trusts } = agreement;
  const agreed = 'fingerprint' in trusts ? trusts.fingerprint === presented.fingerprint : presented.flaw === null;
  return agreed ? 'trusted' : 'changed';
}

/** The error of OpenSSL's or Node's check as what it means. */
export function flawOf(code: string): Flaw {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'self-signed';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'unknown-ca';
    case 'CERT_HAS_EXPIRED':
      return 'expired';
    case 'CERT_NOT_YET_VALID':
      return 'not-yet-valid';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'wrong-name';
    // What OpenSSL says of a key of 1024 bits at its usual level of security.
    case 'UNSPECIFIED':
    case 'CA_MD_TOO_WEAK':
    case 'EE_KEY_TOO_SMALL':
    case 'CA_KEY_TOO_SMALL':
      return 'weak';
    default:
      return 'invalid';
  }
}

/** The handshake was good, the certificate is not to be believed. Nothing was sent. */
export class UntrustedCertificate extends ConnectionFailure {
  readonly presented: Presented;
  /** What was agreed to, where that is another one. */
  readonly agreement: Agreement | null;

  constructor(presented: Presented, agreement: Agreement | null) {
    super('certificate', agreement === null ? 'its certificate is not trusted' : 'its certificate has changed');
    this.presented = presented;
    this.agreement = agreement;
  }
}

/** No handshake came about because one side is too old for the other. Nothing was sent. */
export class OldTls extends ConnectionFailure {
  readonly authority: string;
  /** It is a server that somebody has agreed to: it has been younger. */
  readonly known: boolean;

  constructor(authority: string, known: boolean, cause: unknown) {
    super('old-tls', 'it speaks only a TLS that is too old to be safe', { cause });
    this.authority = authority;
    this.known = known;
  }
}
