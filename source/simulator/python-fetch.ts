import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { ApiError } from './api-error.ts';

const mostRedirects = 10;
/** The same place may come this often. */
const mostRepeats = 4;

/** dom0's: 2.4 up to 6.5, then 2.7. */
export type Python = '2.4' | '2.7';

/** `short`: it ended before the length that was promised. `missing`: 404, refused, unknown host. */
export type Fetched =
  | { readonly is: 'file'; readonly body: Buffer; readonly short: boolean }
  | { readonly is: 'missing' }
  | { readonly is: 'refused'; readonly status: number; readonly reason: string };

export interface Dialect {
  readonly python: Python;
  readonly proxy: string | undefined;
}

/**
 * One GET as urllib2 of dom0 does it: the path goes out as it is, redirects are followed, a body that ends early is
 * what there is.
 */
export async function fetchLikePython(url: string, dialect: Dialect, signal: AbortSignal): Promise<Fetched> {
  // Only the first address is looked at: a redirect may lead to https, too.
  if (!/^(http|ftp|file):/.test(url)) throw new ApiError('INVALID_SOURCE', 'Unknown source type.', '');
  const visited = new Map<string, number>();
  for (let at = url; ; ) {
    const reply = await get(at, dialect, signal);
    if (reply === null || reply.status === 404) return { is: 'missing' };
    const { status, location } = reply;
    if (status === 200) return { is: 'file', body: reply.body, short: reply.short };
    if (![301, 302, 303, 307].includes(status) || location === undefined || !URL.canParse(location, at)) {
      return { is: 'refused', status, reason: reply.reason };
    }
    at = /^\w+:/.test(location) ? location : joined(at, location);
    if ((visited.get(at) ?? 0) >= mostRepeats || visited.size >= mostRedirects) {
      const reason = 'The HTTP server returned a redirect error that would lead to an infinite loop.';
      return { is: 'refused', status, reason };
    }
    visited.set(at, (visited.get(at) ?? 0) + 1);
  }
}

const joined = (base: string, location: string): string => new URL(location, base).href;

interface Reply {
  readonly status: number;
  readonly reason: string;
  readonly location: string | undefined;
  readonly body: Buffer;
  readonly short: boolean;
}

interface Target {
  readonly host: string;
  readonly port: number;
  /** As it stands in the URL: `..`, two slashes and all. */
  readonly path: string;
  readonly authority: string;
}

function get(url: string, { python, proxy }: Dialect, signal: AbortSignal): Promise<Reply | null> {
  const scheme = /^(https?):\/\/[^/]/.exec(url)?.[1];
  // ftp would be dialled, file looked for in dom0: this world has neither.
  if (scheme === undefined) return Promise.resolve(null);
  const target = targetOf(url, scheme === 'https' ? 443 : 80);
  const via = scheme === 'https' || proxy === undefined || proxy === '' ? null : proxyOf(proxy, python);
  return new Promise((resolve) => {
    const send = scheme === 'https' ? requestTls : request;
    const outgoing = send({
      host: (via ?? target).host,
      port: (via ?? target).port,
      path: sendable(via === null ? target.path : url),
      headers: {
        'Accept-Encoding': 'identity',
        Host: target.authority,
        Connection: 'close',
        'User-Agent': `Python-urllib/${python}`,
      },
      agent: false,
      rejectUnauthorized: false,
      signal,
    });
    outgoing.on('error', () => resolve(null));
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      const done = () => {
        const body = Buffer.concat(chunks);
        const promised = response.headers['content-length'];
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          location: response.headers.location,
          body,
          short: promised !== undefined && Number(promised) !== body.length,
        });
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', done);
      response.on('error', done);
    });
    outgoing.end();
  });
}

function targetOf(url: string, usual: number): Target {
  const [, authority = '', path = ''] = /^\w+:\/\/([^/]*)(.*)$/s.exec(url) ?? [];
  const [, host = authority, port] = /^(.*?):([^:\]]*)$/.exec(authority) ?? [];
  if (port !== undefined && !/^\d+$/.test(port)) throw traceback(`httplib.InvalidURL: nonnumeric port: '${port}'`);
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? usual : Number(port),
    path: path === '' ? '/' : path,
    authority,
  };
}

/** Without a scheme, Python 2.4 finds no host in it and falls over. */
function proxyOf(proxy: string, python: Python): Target {
  if (/^\w+:\/\//.test(proxy)) return targetOf(proxy, 80);
  if (python === '2.4') throw traceback('TypeError: iterable argument required');
  return targetOf(`http://${proxy}`, 80);
}

/** Python sends a blank as it is and most servers refuse it; what Node will not send goes out encoded. */
const sendable = (path: string): string => path.replace(/[^\u0021-\u00ff]+/g, encodeURIComponent);

/** What a Python program that died leaves on stderr, line by line. */
export function traceback(last: string, program = '/usr/bin/eliloader'): ApiError {
  return new ApiError(
    'Traceback (most recent call last):',
    `  File "${program}", line 1, in ?`,
    '    main()',
    last,
    '',
  );
}
