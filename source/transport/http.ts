import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure, connectionFailure } from './failure.ts';
import type { HttpConnections, HttpRequest } from './transport.ts';

/** Plain or TLS, as the URL says. TLS trusts what this machine trusts. */
export function httpConnections(url: URL, { keep = false }: { readonly keep?: boolean } = {}): HttpConnections {
  const secure = url.protocol === 'https:';
  const options = { keepAlive: keep, maxSockets: limits.connection.kept };
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const send = secure ? httpsRequest : httpRequest;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (secure ? 443 : 80);
  return {
    request({ method, path, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(failureOf(signal.reason, signal));
        const outgoing = send({ hostname, port, path, method, headers, agent, signal });
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
