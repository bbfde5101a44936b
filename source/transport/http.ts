import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { limits } from '../limits/limits.ts';
import { failureOf } from './failure.ts';
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
