import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { asWireFailure, WireFailure } from './errors.ts';

/** A handler of xapi that sends bytes, such as /export_raw_vdi, with its query. */
export interface Download {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const mostRedirects = 1;
/** Milliseconds without a byte; a host may take its time to attach a disk. */
const silence = 60_000;

/**
 * GETs from a host, logged in by cookie so that the session is in no log of addresses. The answer is handed on as it
 * comes. Errors: WireFailure; what the host says instead (403, 404, 500) is its kind `not-xapi`.
 */
export async function download(
  url: URL,
  handle: string,
  { path, query, signal }: Download,
): Promise<AsyncIterable<Uint8Array>> {
  let target = new URL(`${path}?${new URLSearchParams(query)}`, url);
  for (let hop = 0; ; hop += 1) {
    const reply = await get(target, handle, signal);
    const { location } = reply.headers;
    if (reply.statusCode === 200) return body(reply, signal);
    reply.destroy();
    // The member that has the disk answers for itself; the session is the pool's.
    const next =
      location !== undefined && URL.canParse(location, target.href) ? new URL(location, target.href) : null;
    const follow = next !== null && next.protocol === url.protocol && hop < mostRedirects;
    if (!follow) throw new WireFailure('not-xapi', `HTTP ${reply.statusCode} ${reply.statusMessage ?? ''}`.trim());
    target = next;
  }
}

function get(target: URL, handle: string, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = target.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(target, {
      agent: secure ? new HttpsAgent() : new HttpAgent(),
      headers: { Cookie: `session_id=${handle}`, 'User-Agent': 'xenfai', Connection: 'close' },
      signal,
      timeout: silence,
    });
    request.on('timeout', () => request.destroy(new WireFailure('timeout', `no byte for ${silence / 1000} s`)));
    request.on('error', (error) => reject(signal.aborted ? signal.reason : asWireFailure(error)));
    request.on('response', resolve);
    request.end();
  });
}

async function* body(reply: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* reply as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw signal.aborted ? signal.reason : asWireFailure(error);
  }
}
