import { constants } from 'node:crypto';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  getCACertificates,
  rootCertificates,
  type TLSSocket,
} from 'node:tls';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure, failureOf } from './failure.ts';
import { askedName, authorityOf, type Beneath, type Server, serverOf } from './server-name.ts';
import type { Way } from './ssh/way.ts';
import type { MeetOptions } from './transport.ts';
import {
  type Agreement,
  type Agreements,
  flawOf,
  judge,
  OldTls,
  type Presented,
  UntrustedCertificate,
} from './trust.ts';

/**
 * What is put up with where somebody has agreed to it: XenServer 5.6 to 6.2 know TLS 1.0, RSA key exchange with AES in
 * CBC, keys of 1024 bits and less, and no secure renegotiation (reference: init.d-xapissl, generate_ssl_cert of 5.6).
 */
const legacyTls = {
  minVersion: 'TLSv1',
  ciphers: 'DEFAULT@SECLEVEL=0',
  secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
} as const satisfies ConnectionOptions;

/**
 * A connection whose certificate is believed: only then is it handed out, and until then nothing was said on it but
 * the handshake. Errors: UntrustedCertificate, OldTls, ConnectionFailure; the signal's reason; those of `agreements` and
 * of `beneath`, which makes the connection to shake hands on; absent: this machine.
 */
export async function connectTls(
  url: URL,
  agreements: Agreements,
  signal: AbortSignal,
  beneath?: Beneath,
): Promise<TLSSocket> {
  const server = serverOf(url);
  const agreement = await agreements(authorityOf(server));
  const { socket, presented } = await shakeHands(server, agreement ?? unagreed, signal, beneath);
  const verdict = judge(presented, agreement);
  if (verdict === 'trusted') return socket;
  socket.destroy();
  throw new UntrustedCertificate(presented, agreement);
}

/** Shakes hands and goes: what the server shows, whether it is believed or not. Errors: as `connectTls`. */
export async function meet(
  url: URL,
  { ca, legacyTls: old = false }: MeetOptions,
  signal: AbortSignal,
  beneath?: Beneath,
): Promise<Presented> {
  const how = { trusts: ca === undefined ? null : { ca }, legacyTls: old };
  const { socket, presented } = await shakeHands(serverOf(url), how, signal, beneath);
  socket.destroy();
  return presented;
}

/** How hands are shaken. `trusts` null: nothing was agreed to, and this machine's CAs count. */
interface How {
  readonly trusts: Agreement['trusts'] | null;
  readonly legacyTls: boolean;
}

const unagreed: How = { trusts: null, legacyTls: false };

/** What is known for sure about both sides after the handshake. */
interface Shaken {
  readonly socket: TLSSocket;
  readonly presented: Presented;
}

async function shakeHands(server: Server, how: How, whole: AbortSignal, beneath?: Beneath): Promise<Shaken> {
  // Of ssh, which may take longer, the time is its own.
  const under = await beneath?.connect(server, whole);
  const signal = AbortSignal.any([whole, AbortSignal.timeout(limits.connection.handshake)]);
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      under?.destroy();
      return reject(failureOf(signal.reason, signal));
    }
    const socket = connect({
      ...server,
      ...(under === undefined ? {} : { socket: under }),
      servername: askedName(server),
      ...authorities(how),
      ...(how.legacyTls ? legacyTls : {}),
      // It is judged below, where it can also be told.
      rejectUnauthorized: false,
    });
    const stop = (): void => fail(failureOf(signal.reason, signal));
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      reject(error);
    };
    signal.addEventListener('abort', stop, { once: true });
    // It knows better why it has ended.
    under?.on('error', fail);
    // Stays: between the handshake and its use nobody else listens.
    socket.on('error', (error) => fail(handshakeFailure(error, server, how)));
    socket.once('secureConnect', () => {
      const presented = presentedBy(socket, server, beneath?.way);
      if (presented === null) return fail(new ConnectionFailure('not-understood', 'it shows no certificate'));
      signal.removeEventListener('abort', stop);
      socket.setKeepAlive(true, limits.connection.rest);
      resolve({ socket, presented });
    });
  });
}

/** Whose word counts. Where a fingerprint was agreed to nobody's does, and none need be read. */
function authorities({ trusts, legacyTls: old }: How): ConnectionOptions {
  if (trusts !== null) return { ca: 'ca' in trusts ? trusts.ca : [] };
  // With another level of security it is another context.
  if (old) return { ca: ofThisMachine() };
  trustedHere ??= createSecureContext({ ca: ofThisMachine() });
  return { secureContext: trustedHere };
}

let trustedHere: ReturnType<typeof createSecureContext> | null = null;

/** Those that Node brings along (and NODE_EXTRA_CA_CERTS), and those of the system, where an administrator adds one. */
function ofThisMachine(): string[] {
  // Node 22.15; before, only what it brings along can be asked for.
  if (getCACertificates === undefined) return [...rootCertificates];
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function presentedBy(socket: TLSSocket, server: Server, way: Way | undefined): Presented | null {
  const certificate = socket.getPeerCertificate();
  // Of no certificate Node makes an empty object.
  if (!certificate.fingerprint256) return null;
  const { subject, issuer, subjectaltname = '', valid_from, valid_to, fingerprint256 } = certificate;
  const names = subjectaltname === '' ? commonNames(subject) : subjectaltname.split(', ').map(withoutKind);
  const flaw = socket.authorized ? null : flawOf(String(socket.authorizationError));
  return {
    authority: authorityOf(server),
    ...(way === undefined ? {} : { way }),
    fingerprint: fingerprint256,
    names,
    issuer: Object.entries(issuer)
      .map(([kind, value]) => `${kind}=${value}`)
      .join(', '),
    notBefore: isoTime(valid_from),
    notAfter: isoTime(valid_to),
    protocol: socket.getProtocol() ?? '',
    flaw,
  };
}

const commonNames = ({ CN = [] }: { readonly CN?: string | readonly string[] }): readonly string[] => [CN].flat();

/** "DNS:xvm03" and "IP Address:10.1.1.3" without what kind of name it is. */
const withoutKind = (name: string): string => name.replace(/^(DNS|IP Address):/, '');

/** OpenSSL writes "May  1 10:00:00 2010 GMT"; what is no time stays as it is. */
function isoTime(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** What OpenSSL of both sides says where one of them is too old. */
const ofAge =
  /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|KEY_TOO_SMALL|MD_TOO_WEAK|UNSAFE_LEGACY|LEGACY_SIGALG|WRONG_SIGNATURE_TYPE|NO_CIPHERS_AVAILABLE/;

function handshakeFailure(error: Error, server: Server, how: How): unknown {
  const code = 'code' in error ? String(error.code) : '';
  if (ofAge.test(code) && !how.legacyTls) return new OldTls(authorityOf(server), how.trusts !== null, error);
  const failure = failureOf(error);
  // Nothing was sent yet, and so nothing can have been carried out.
  return failure instanceof ConnectionFailure && failure.kind === 'cut'
    ? new ConnectionFailure('unreachable', 'the connection was closed in the middle of the handshake', {
        cause: error,
      })
    : failure;
}
