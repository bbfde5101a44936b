import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Duplex } from 'node:stream';
import { limits } from '../limits/limits.ts';
import { failureOf } from './failure.ts';
import { type Beneath, serverOf } from './server-name.ts';
import type { HttpConnections, HttpOptions, HttpRequest } from './transport.ts';
import type { Agreements } from './trust.ts';

/**
 * Connections to the server of a URL, plain or by TLS as it says. A request is given a connection by TLS when its
 * certificate is believed, and not before: no byte of it can leave earlier. `beneath`: makes them; absent: this machine.
 */
export function httpConnections(
  url: URL,
  agreements: Agreements,
  { keep = false }: HttpOptions = {},
  beneath?: Beneath,
): HttpConnections {
  const secure = url.protocol === 'https:';
  const options = { keepAlive: keep, keepAliveMsecs: limits.connection.rest, maxSockets: limits.connection.kept };
  const { Agent, request } = secure ? https : http;
  const agent = new Agent(options);
  const ended = new AbortController();
  const secured = async (): Promise<Duplex> =>
    (await import('./tls.ts')).connectTls(url, agreements, ended.signal, beneath);
  if (secure) agent.createConnection = madeBy(secured);
  else if (beneath !== undefined) agent.createConnection = madeBy(() => beneath.connect(serverOf(url), ended.signal));
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (secure ? 443 : 80);
  return {
    request({ method, path, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(failureOf(signal.reason, signal));
        const outgoing = request({ hostname, port, path, method, headers, agent, signal });
        // Node tells a request of its abort when it has a connection, which a handshake may keep it waiting for.
        const stop = (): void => reject(failureOf(signal.reason, signal));
        signal.addEventListener('abort', stop, { once: true });
        outgoing.on('error', (error) => reject(failureOf(error, signal)));
        outgoing.on('response', resolve);
        outgoing.on('close', () => signal.removeEventListener('abort', stop));
        outgoing.end(body);
      });
    },
    close() {
      ended.abort();
      agent.destroy();
    },
  };
}

/** What Node's agent asks for a connection; it waits for the answer. */
function madeBy(make: () => Promise<Duplex>) {
  return (_: unknown, done?: (error: Error | null, socket: Duplex) => void): null => {
    make().then(
      (socket) => done?.(null, socket),
      // With an error nobody looks at the other.
      (error) => done?.(error, new Duplex()),
    );
    return null;
  };
}
