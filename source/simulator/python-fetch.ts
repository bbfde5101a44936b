import { request } from 'node:http';
import { ApiError } from './api-error.ts';

const mostRedirects = 10;

/**
 * One GET as urllib2 of dom0 does it: no TLS here, redirects followed, a body that ends early is what there is.
 * Null: not to be had (404, refused, unknown host). Other HTTP errors come up as a Python traceback.
 */
export async function fetchLikePython(
  url: string,
  proxy: string | undefined,
  signal: AbortSignal,
  redirects = 0,
): Promise<Buffer | null> {
  if (!url.startsWith('http://')) {
    // nfs would be mounted, ftp dialled: this world has neither, and https was never understood.
    if (url.startsWith('https:')) throw new ApiError('INVALID_SOURCE', 'Unknown source type.', '');
    return null;
  }
  if (!URL.canParse(url) || redirects > mostRedirects) return null;
  const reply = await get(url, proxy, signal);
  if (reply === null) return null;
  const { status, location, body } = reply;
  if (status >= 300 && status < 400 && location !== undefined && URL.canParse(location, url)) {
    return fetchLikePython(new URL(location, url).href, proxy, signal, redirects + 1);
  }
  if (status === 404) return null;
  if (status !== 200) throw traceback(`urllib2.HTTPError: HTTP Error ${status}: ${reply.reason}`);
  return body;
}

interface Reply {
  readonly status: number;
  readonly reason: string;
  readonly location: string | undefined;
  readonly body: Buffer;
}

function get(url: string, proxy: string | undefined, signal: AbortSignal): Promise<Reply | null> {
  const target = new URL(url);
  const via = proxy !== undefined && URL.canParse(proxy) ? new URL(proxy) : null;
  return new Promise((resolve) => {
    const outgoing = request({
      host: (via ?? target).hostname.replace(/^\[|\]$/g, ''),
      port: (via ?? target).port || 80,
      path: via === null ? target.pathname + target.search : url,
      headers: {
        'Accept-Encoding': 'identity',
        Host: target.host,
        Connection: 'close',
        'User-Agent': 'Python-urllib/2.4',
      },
      agent: false,
      signal,
    });
    outgoing.on('error', () => resolve(null));
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      const done = () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          location: response.headers.location,
          body: Buffer.concat(chunks),
        });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', done);
      response.on('error', done);
    });
    outgoing.end();
  });
}

/** stderr of a Python program that died: on 5.6 its first line becomes the error's code. */
export function traceback(last: string, program = '/usr/bin/eliloader'): ApiError {
  return new ApiError(
    'Traceback (most recent call last):',
    `  File "${program}", line 1, in ?`,
    '    main()',
    last,
    '',
  );
}
