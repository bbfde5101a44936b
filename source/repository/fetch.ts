import { type IncomingMessage, request } from 'node:http';

/** How far a download is; `total` null when the server does not say. */
export interface FetchProgress {
  readonly bytes: number;
  readonly total: number | null;
}

/** A fetched file. `status` null: no HTTP answer at all. `body` holds at most `keep` bytes, `bytes` counts all. */
export interface Fetched {
  readonly url: string;
  readonly finalUrl: string;
  readonly status: number | null;
  readonly type: string;
  readonly declared: number | null;
  readonly bytes: number;
  readonly body: Uint8Array;
  readonly problem: string | null;
}

export interface FetchOptions {
  readonly keep: number;
  /** Stop reading after so many bytes. */
  readonly most: number;
  readonly proxy?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
}

const mostRedirects = 5;
const silence = 20_000;
/** A download that takes longer would keep a whole work waiting. */
const longest = 15 * 60_000;

/** One GET, as a loader in dom0 would make it: redirects followed, no compression asked for. Never throws but for abort. */
export async function fetchFile(url: string, options: FetchOptions): Promise<Fetched> {
  let current = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    options.signal.throwIfAborted();
    const reply = await get(current, options);
    if (typeof reply === 'string') return failed(url, current, reply);
    const location = reply.headers.location;
    if (
      reply.statusCode !== undefined &&
      reply.statusCode >= 300 &&
      reply.statusCode < 400 &&
      location !== undefined
    ) {
      reply.destroy();
      if (!URL.canParse(location, current)) return failed(url, current, 'redirected to something that is no URL');
      current = new URL(location, current).href;
      if (current.startsWith('https:'))
        return failed(url, current, 'redirected to https, which eliloader cannot fetch');
      continue;
    }
    return read(url, current, reply, options);
  }
  return failed(url, current, `more than ${mostRedirects} redirects`);
}

function failed(url: string, finalUrl: string, problem: string): Fetched {
  return { url, finalUrl, status: null, type: '', declared: null, bytes: 0, body: new Uint8Array(), problem };
}

/** The answer, or in words why there is none. */
function get(url: string, { proxy, signal }: FetchOptions): Promise<IncomingMessage | string> {
  if (!URL.canParse(url) || !url.startsWith('http://')) return Promise.resolve('not an http URL');
  if (proxy !== undefined && proxy !== '' && !/^http:\/\/[^/\s]/.test(proxy)) {
    return Promise.resolve(`the proxy "${proxy}" is no http URL`);
  }
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
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else resolve(reason(error));
    });
    outgoing.on('response', resolve);
    outgoing.end();
  });
}

async function read(url: string, finalUrl: string, reply: IncomingMessage, options: FetchOptions): Promise<Fetched> {
  const declared = reply.headers['content-length'] === undefined ? null : Number(reply.headers['content-length']);
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let bytes = 0;
  let problem: string | null = null;
  const began = performance.now();
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (keptBytes < options.keep) {
        const part = chunk.subarray(0, options.keep - keptBytes);
        kept.push(part);
        keptBytes += part.length;
      }
      options.onProgress?.({ bytes, total: declared });
      if (performance.now() - began > longest) {
        problem = `only ${bytes} bytes in 15 minutes`;
        break;
      }
      if (bytes > options.most) {
        problem = 'larger than anything that belongs here';
        break;
      }
    }
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    problem = `the connection ended after ${bytes} bytes`;
    if (declared === null) problem = reason(error);
  }
  const status = reply.statusCode ?? null;
  const type = String(reply.headers['content-type'] ?? '');
  return { url, finalUrl, status, type, declared, bytes, body: Buffer.concat(kept), problem };
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'connection refused: no web server listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host name';
  if (code === 'ECONNRESET') return 'the server closed the connection';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'no route to the server';
  return error instanceof Error ? error.message : String(error);
}
