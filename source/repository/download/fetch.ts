import { type Fetched, type FetchOptions, nothing } from './fetched.ts';
import { fetchFtp } from './ftp.ts';
import { fetchHttp } from './http.ts';

/**
 * One file, as a loader in dom0 would fetch it: http or ftp, redirects followed, no compression asked for. Never
 * throws but for an abort.
 */
export async function fetchFile(url: string, options: FetchOptions): Promise<Fetched> {
  options.signal.throwIfAborted();
  if (!URL.canParse(url)) return nothing(url, { kind: 'unreachable', text: 'this is not a URL' });
  const { protocol } = new URL(url);
  if (protocol === 'http:') return fetchHttp(url, options);
  if (protocol === 'ftp:') return fetchFtp(url, options);
  return nothing(url, { kind: 'unreachable', text: `${protocol.slice(0, -1)} is not fetched` });
}
