import { ConnectionFailure, networkReason } from '../../transport/failure.ts';
import { FtpRefusal } from '../../transport/transport.ts';
import { readBody } from './body.ts';
import { type Fetched, type FetchOptions, type FetchProblem, nothing } from './fetched.ts';

/** One file by FTP, as urllib2 in dom0 fetches it. */
export async function fetchFtp(url: string, options: FetchOptions): Promise<Fetched> {
  try {
    const { size, modified, body, close } = await options.transport.ftp(new URL(url), options.signal);
    let refused: FtpRefusal | null = null;
    body.on('error', (error) => {
      if (error instanceof FtpRefusal) refused = error;
    });
    try {
      const received = await readBody(body, size, options);
      const problem = refused !== null && received.bytes === 0 ? refusal(refused) : received.problem;
      return { url, finalUrl: url, status: null, type: '', declared: size, modified, ...received, problem };
    } finally {
      close();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    return nothing(url, problemOf(error));
  }
}

function problemOf(error: unknown): FetchProblem {
  if (error instanceof FtpRefusal) return refusal(error);
  const text = error instanceof ConnectionFailure ? error.message : networkReason(error);
  return { kind: 'unreachable', text };
}

/** An FTP reply code in words (RFC 959). */
function refusal({ code }: FtpRefusal): FetchProblem {
  if (code === 550) return { kind: 'missing', text: 'there is no such file, or it may not be read (550)' };
  if (code === 530) return { kind: 'server', text: 'the server wants another login (530)' };
  return { kind: 'server', text: `the server answered ${code}` };
}
