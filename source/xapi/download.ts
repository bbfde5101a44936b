import type { IncomingMessage } from 'node:http';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure, failureOf } from '../transport/failure.ts';
import type { Transport } from '../transport/transport.ts';

/** A handler of xapi that sends bytes, such as /export_raw_vdi, with its query. */
export interface Download {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * GETs from a host, logged in by cookie so that the session is in no log of addresses. The answer is handed on as it
 * comes. Errors: ConnectionFailure; what the host says instead (403, 404, 500) is its kind `not-understood`.
 */
export async function download(
  transport: Transport,
  url: URL,
  handle: string,
  { path, query, signal }: Download,
): Promise<AsyncIterable<Uint8Array>> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limits.disc.whole)]);
  let target = new URL(`${path}?${new URLSearchParams(query)}`, url);
  for (let hop = 0; ; hop += 1) {
    const connections = transport.http(target);
    const reply = await connections.request({
      method: 'GET',
      path: target.pathname + target.search,
      headers: { Cookie: `session_id=${handle}`, 'User-Agent': 'xenfai', Connection: 'close' },
      signal: limited,
    });
    const { location } = reply.headers;
    if (reply.statusCode === 200) return body(reply, limited);
    reply.destroy();
    // The member that has the disk answers for itself; the session is the pool's.
    const next =
      location !== undefined && URL.canParse(location, target.href) ? new URL(location, target.href) : null;
    const follow = next !== null && isAsSafe(next, target, transport) && hop < limits.disc.redirects;
    if (!follow) {
      const text = `HTTP ${reply.statusCode} ${reply.statusMessage ?? ''}`.trim();
      throw new ConnectionFailure('not-understood', text);
    }
    target = next;
  }
}

/** The session is not to be readable on its way there, when it was not until now. */
const isAsSafe = (next: URL, before: URL, { isReadable }: Transport): boolean =>
  next.protocol === before.protocol && !(isReadable(next) && !isReadable(before));

async function* body(reply: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* reply as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw failureOf(error, signal);
  }
}
