import type { IncomingMessage } from 'node:http';
import { limits } from '../../limits/limits.ts';
import { ConnectionFailure, networkReason } from '../../transport/failure.ts';
import { readBody } from './body.ts';
import { type Fetched, type FetchOptions, nothing } from './fetched.ts';

/** urllib2 of dom0 follows these four, up to ten times; any other 3xx is an error to it (urllib2.py). */
const followed = new Set([301, 302, 303, 307]);

/** One GET as urllib2 in dom0 makes it; redirects are followed by this machine as they are there. */
export async function fetchHttp(url: string, options: FetchOptions): Promise<Fetched> {
  let current = url;
  for (let hop = 0; hop <= limits.download.redirects; hop += 1) {
    options.signal.throwIfAborted();
    const reply = await get(current, options);
    if (typeof reply === 'string') return nothing(url, { kind: 'unreachable', text: reply }, current);
    const { statusCode = 0, headers } = reply;
    if (!followed.has(statusCode) || headers.location === undefined) return read(url, current, reply, options);
    reply.destroy();
    if (!URL.canParse(headers.location, current)) {
      return nothing(url, { kind: 'redirect', text: 'it is redirected to something that is no URL' }, current);
    }
    const target = new URL(headers.location, current);
    current = target.href;
    if (target.protocol !== 'http:' && target.protocol !== 'https:') {
      const where = `${target.protocol.slice(0, -1)}, which eliloader cannot fetch`;
      return nothing(url, { kind: 'redirect', text: `it is redirected to ${where}` }, current);
    }
  }
  return nothing(
    url,
    { kind: 'redirect', text: `there are more than ${limits.download.redirects} redirects` },
    current,
  );
}

/** The answer, or in words why there is none. */
async function get(url: string, { proxy, signal, transport }: FetchOptions): Promise<IncomingMessage | string> {
  if (proxy && !/^http:\/\/[^/\s]/.test(proxy)) return `the proxy "${proxy}" is no http URL`;
  const target = new URL(url);
  // TLS does not go through a proxy as a plain request does, and the loader's never has.
  const via = proxy && target.protocol === 'http:' ? new URL(proxy) : null;
  const head = new AbortController();
  const timer = setTimeout(() => head.abort(new DOMException('no answer', 'TimeoutError')), limits.download.head);
  try {
    return await transport.http(via ?? target).request({
      method: 'GET',
      path: via === null ? pathOf(url) : url,
      headers: { Host: target.host, 'Accept-Encoding': 'identity', Connection: 'close', 'User-Agent': 'xenfai' },
      signal: AbortSignal.any([signal, head.signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof ConnectionFailure ? error.message : networkReason(error);
    return via === null ? reason : `the proxy ${via.host}: ${reason}`;
  } finally {
    clearTimeout(timer);
  }
}

/** What follows the host, letter by letter: the loader sends `..` as it stands, where a browser would resolve it. */
function pathOf(url: string): string {
  const path = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? '';
  return (path.startsWith('/') ? path : `/${path}`).replace(/[^\u0021-\u007e]/g, encodeURIComponent);
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
