import { type IncomingMessage, request } from 'node:http';
import { networkReason, readBody } from './body.ts';
import { type Fetched, type FetchOptions, nothing } from './fetch.ts';

const mostRedirects = 5;
/** Milliseconds without a byte. */
const silence = 20_000;

/** One GET as urllib2 in dom0 makes it; redirects are followed by this machine as they are there. */
export async function fetchHttp(url: string, options: FetchOptions): Promise<Fetched> {
  let current = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    options.signal.throwIfAborted();
    const reply = await get(current, options);
    if (typeof reply === 'string') return nothing(url, { kind: 'unreachable', text: reply }, current);
    const { statusCode = 0, headers } = reply;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) {
      return read(url, current, reply, options);
    }
    reply.destroy();
    const target = URL.canParse(headers.location, current) ? new URL(headers.location, current) : null;
    current = target?.href ?? current;
    if (target?.protocol !== 'http:') {
      const where =
        target === null
          ? 'something that is no URL'
          : `${target.protocol.slice(0, -1)}, which eliloader cannot fetch`;
      return nothing(url, { kind: 'redirect', text: `it is redirected to ${where}` }, current);
    }
  }
  return nothing(url, { kind: 'redirect', text: `there are more than ${mostRedirects} redirects` }, current);
}

/** The answer, or in words why there is none. */
function get(url: string, { proxy, signal }: FetchOptions): Promise<IncomingMessage | string> {
  if (proxy && !/^http:\/\/[^/\s]/.test(proxy)) return Promise.resolve(`the proxy "${proxy}" is no http URL`);
  const target = new URL(url);
  const via = proxy ? new URL(proxy) : null;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname: (via ?? target).hostname.replace(/^\[|\]$/g, ''),
      port: (via ?? target).port || 80,
      path: via === null ? target.pathname + target.search : url,
      headers: { Host: target.host, 'Accept-Encoding': 'identity', Connection: 'close', 'User-Agent': 'xenfai' },
      agent: false,
      signal,
      timeout: silence,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('there is no answer')));
    outgoing.on('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else resolve(via === null ? networkReason(error) : `the proxy ${via.host}: ${networkReason(error)}`);
    });
    outgoing.on('response', resolve);
    outgoing.end();
  });
}

async function read(url: string, finalUrl: string, reply: IncomingMessage, options: FetchOptions): Promise<Fetched> {
  const { statusCode = 0, headers } = reply;
  const declared = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  const modified = new Date(headers['last-modified'] ?? '');
  const refused = statusCode !== 200;
  // Of an error page a little is enough.
  const limited: FetchOptions = refused
    ? { ...options, sink: undefined, onProgress: undefined, most: 64 * 1024 }
    : options;
  const { bytes, body, sha256, problem } = await readBody(reply, declared, limited);
  return {
    url,
    finalUrl,
    status: statusCode,
    type: headers['content-type'] ?? '',
    declared,
    modified: Number.isNaN(modified.getTime()) ? null : modified,
    bytes,
    body,
    sha256,
    problem: refused
      ? statusCode === 404
        ? { kind: 'missing', text: 'there is no such file (404)' }
        : { kind: 'server', text: `the server answered ${statusCode}` }
      : problem,
  };
}
