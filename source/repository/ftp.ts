import { PassThrough } from 'node:stream';
import { networkReason, readBody } from './body.ts';
import { type Fetched, type FetchOptions, nothing } from './fetch.ts';

/** Milliseconds without a byte. */
const silence = 20_000;

/**
 * One file by FTP, passive, as urllib2 in dom0 fetches it: anonymous unless the URL names a user. basic-ftp does the
 * protocol; it is loaded only where a repository is an FTP one.
 */
export async function fetchFtp(url: string, options: FetchOptions): Promise<Fetched> {
  // The bundle has a CommonJS module under `default` only.
  const { Client, FTPError } = (await import('basic-ftp')).default;
  const target = new URL(url);
  const client = new Client(silence);
  const stop = () => client.close();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    await client.connect(target.hostname.replace(/^\[|\]$/g, ''), Number(target.port || 21));
    await client.login(decode(target.username) || 'anonymous', decode(target.password) || 'xenfai@');
    await client.send('TYPE I');
    const path = decode(target.pathname);
    const declared = await client.size(path).catch(() => null);
    const modified = await client.lastMod(path).catch(() => null);
    const through = new PassThrough();
    const sent = client.downloadTo(through, path).then(
      () => null,
      (error: unknown) => {
        through.destroy(error instanceof Error ? error : new Error(String(error)));
        return error;
      },
    );
    const received = await readBody(through, declared, options);
    // A download that was given up is not waited for.
    const failure = received.problem === null ? await sent : received.problem.kind === 'cut-off' ? await sent : null;
    const problem = failure instanceof FTPError && received.bytes === 0 ? refusal(failure.code) : received.problem;
    return { url, finalUrl: url, status: null, type: '', declared, modified, ...received, problem };
  } catch (error) {
    options.signal.throwIfAborted();
    return nothing(
      url,
      error instanceof FTPError ? refusal(error.code) : { kind: 'unreachable', text: networkReason(error) },
    );
  } finally {
    options.signal.removeEventListener('abort', stop);
    client.close();
  }
}

/** An FTP reply code in words (RFC 959). */
function refusal(code: number): NonNullable<Fetched['problem']> {
  if (code === 550) return { kind: 'missing', text: 'there is no such file, or it may not be read (550)' };
  if (code === 530) return { kind: 'server', text: 'the server wants another login (530)' };
  return { kind: 'server', text: `the server answered ${code}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
