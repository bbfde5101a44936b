/**
 * A connection that gave no usable answer. What was asked may have been carried out all the same: only `unreachable`
 * and `certificate` say for sure that nothing was sent.
 */
export class ConnectionFailure extends Error {
  readonly kind: 'unreachable' | 'certificate' | 'timeout' | 'cut' | 'not-understood';

  constructor(kind: ConnectionFailure['kind'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConnectionFailure';
    this.kind = kind;
  }
}

const certificateCodes = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

/** Any error of a socket as what it means. */
export function connectionFailure(error: unknown): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (certificateCodes.test(code)) return new ConnectionFailure('certificate', message, { cause: error });
  if (
    code === 'ECONNRESET' ||
    code === 'ECONNABORTED' ||
    code === 'EPIPE' ||
    /^(aborted|socket hang up)$/.test(message)
  ) {
    return new ConnectionFailure('cut', networkReason(error), { cause: error });
  }
  if (/^(EPROTO|ERR_SSL_)/.test(code)) {
    // OpenSSL has read something else than a record of TLS.
    if (/wrong.version.number|packet.length.too.long|http.request/i.test(`${code} ${message}`)) {
      const plain = 'no TLS is spoken there: write http:// before the address if plain http is meant';
      return new ConnectionFailure('unreachable', plain, { cause: error });
    }
    const text = 'TLS could not be agreed on: XenServer 5.6 to 6.2 know TLS 1.0 only, which this Node refuses';
    return new ConnectionFailure('unreachable', text, { cause: error });
  }
  return new ConnectionFailure('unreachable', networkReason(error), { cause: error });
}

/** A deadline that ran out is the connection's failure; any other abort is the caller's own reason. */
export function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return connectionFailure(error);
  const reason: unknown = signal.reason;
  const late = reason instanceof DOMException && reason.name === 'TimeoutError';
  return late ? new ConnectionFailure('timeout', 'there was no answer in time', { cause: reason }) : reason;
}

/** A system's error of the network in words. */
export function networkReason(error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'connection refused: nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host name';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the server closed the connection';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no route to the server';
    case 'ETIMEDOUT':
      return 'there is no answer';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
