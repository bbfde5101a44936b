import { ProblemError } from '../problem/problem.ts';

/**
 * A connection that gave no usable answer. What was asked may have been carried out all the same: only `unreachable`,
 * `certificate` and `old-tls` say for sure that nothing was sent.
 */
export class ConnectionFailure extends Error {
  readonly kind: 'unreachable' | 'certificate' | 'old-tls' | 'timeout' | 'cut' | 'not-understood';

  constructor(kind: ConnectionFailure['kind'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConnectionFailure';
    this.kind = kind;
  }
}

/** Any error of a socket as what it means. */
export function connectionFailure(error: unknown): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (
    code === 'ECONNRESET' ||
    code === 'ECONNABORTED' ||
    code === 'EPIPE' ||
    /^(aborted|socket hang up)$/.test(message)
  ) {
    return new ConnectionFailure('cut', networkReason(error), { cause: error });
  }
  // A connection that stood and is given up by the system: what was asked on it may have been carried out.
  const stood = error instanceof Error && 'syscall' in error && error.syscall !== 'connect';
  if (stood && /^E(TIMEDOUT|HOSTUNREACH|NETUNREACH|HOSTDOWN|NETDOWN|NETRESET)$/.test(code))
    return new ConnectionFailure('cut', networkReason(error), { cause: error });
  if (/^(EPROTO|ERR_SSL_)/.test(code)) {
    // OpenSSL has read something else than a record of TLS.
    if (/wrong.version.number|packet.length.too.long|http.request/i.test(`${code} ${message}`)) {
      const plain = 'no TLS is spoken there: write http:// before the address if plain http is meant';
      return new ConnectionFailure('unreachable', plain, { cause: error });
    }
    return new ConnectionFailure('unreachable', `TLS could not be agreed on: ${message}`, { cause: error });
  }
  return new ConnectionFailure('unreachable', networkReason(error), { cause: error });
}

/**
 * A deadline that ran out is the connection's failure; any other abort is the caller's own reason, and what was already
 * told as a problem (settings that cannot be read) stays it.
 */
export function failureOf(error: unknown, signal?: AbortSignal): unknown {
  if (!signal?.aborted) return error instanceof ProblemError ? error : connectionFailure(error);
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
