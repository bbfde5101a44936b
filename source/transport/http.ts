import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure, connectionFailure } from './failure.ts';
import type { HttpConnections, HttpRequest } from './transport.ts';

// An import statement would ask node:http for all that it exports, WebSocket too, and with it half of Node is loaded:
// a third of what a short command takes. https is read when somebody needs it.
const load = createRequire(import.meta.url);
const plain = (): typeof import('node:http') => load('node:http');
const overTls = (): typeof import('node:https') => load('node:https');

/** Plain or TLS, as the URL says. TLS trusts what this machine trusts. */
export function httpConnections(url: URL, { keep = false }: { readonly keep?: boolean } = {}): HttpConnections {
  const secure = url.protocol === 'https:';
  const options = { keepAlive: keep, maxSockets: limits.connection.kept };
  const { Agent, request } = secure ? overTls() : plain();
  const agent = new Agent(options);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (secure ? 443 : 80);
  return {
    request({ method, path, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(failureOf(signal.reason, signal));
        const outgoing = request({ hostname, port, path, method, headers, agent, signal });
        outgoing.on('error', (error) => reject(failureOf(error, signal)));
        outgoing.on('response', resolve);
        outgoing.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

/** A deadline that ran out is the connection's failure; any other abort is the caller's own reason. */
export function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return connectionFailure(error);
  const reason: unknown = signal.reason;
  const late = reason instanceof DOMException && reason.name === 'TimeoutError';
  return late ? new ConnectionFailure('timeout', 'there was no answer in time', { cause: reason }) : reason;
}
