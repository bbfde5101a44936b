import { PassThrough } from 'node:stream';
import { limits } from '../limits/limits.ts';
import { failureOf } from './failure.ts';
import { type FtpFile, FtpRefusal } from './transport.ts';

/**
 * One file by FTP, passive, as urllib2 in dom0 fetches it: anonymous unless the URL names a user. basic-ftp does the
 * protocol; it is loaded only where a repository is an FTP one. Errors: FtpRefusal, ConnectionFailure, the signal's.
 */
export async function ftpFile(url: URL, signal: AbortSignal): Promise<FtpFile> {
  // The bundle has a CommonJS module under `default` only.
  const { Client, FTPError } = (await import('basic-ftp')).default;
  const client = new Client(limits.download.ftpSilence);
  const stop = (): void => client.close();
  signal.addEventListener('abort', stop, { once: true });
  const close = (): void => {
    signal.removeEventListener('abort', stop);
    client.close();
  };
  const failure = (error: unknown): unknown =>
    error instanceof FTPError ? new FtpRefusal(error.code, error.message) : failureOf(error, signal);
  try {
    await client.connect(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || 21));
    await client.login(decode(url.username) || 'anonymous', decode(url.password) || 'xenfai@');
    await client.send('TYPE I');
    const path = decode(url.pathname);
    const size = await client.size(path).catch(() => null);
    const modified = await client.lastMod(path).catch(() => null);
    const body = new PassThrough();
    client.downloadTo(body, path).catch((error: unknown) => {
      const reason = failure(error);
      body.destroy(reason instanceof Error ? reason : new Error(String(reason)));
    });
    return { size, modified, body, close };
  } catch (error) {
    close();
    throw failure(error);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
