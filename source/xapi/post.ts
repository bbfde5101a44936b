import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { WireFailure } from './errors.ts';

export interface PostOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole exchange; null waits for ever, as event.next must. */
  readonly timeout: number | null;
}

/** Sends one body, hands the reply's text on in chunks. Errors: WireFailure, or the signal's reason. */
export type Post = (body: string, onText: (chunk: string) => void, options: PostOptions) => Promise<void>;

const mostBytes = 256 * 1024 * 1024;

/** A poster for one host, with its connections kept alive. `close` ends them. */
export function poster(url: URL): { post: Post; close: () => void } {
  const secure = url.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: 4 };
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const post: Post = async (body, onText, { signal, timeout }) => {
    signal?.throwIfAborted();
    const limit = timeout === null ? null : AbortSignal.timeout(timeout);
    const both = AbortSignal.any([signal, limit].filter((one) => one != null));
    try {
      await exchange(url, secure, agent, body, onText, both);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (limit?.aborted)
        throw new WireFailure('timeout', `no answer after ${(timeout ?? 0) / 1000} s`, { cause: error });
      throw error instanceof WireFailure ? error : asWireFailure(error);
    }
  };
  return { post, close: () => agent.destroy() };
}

async function exchange(
  url: URL,
  secure: boolean,
  agent: HttpAgent | HttpsAgent,
  body: string,
  onText: (chunk: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const data = Buffer.from(body, 'utf8');
  const send = secure ? httpsRequest : httpRequest;
  const request: ClientRequest = send({
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (secure ? 443 : 80),
    path: '/',
    method: 'POST',
    agent,
    signal,
    headers: { 'Content-Type': 'text/xml', 'Content-Length': data.length, 'User-Agent': 'xenfai' },
  });
  const reply = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  request.end(data);
  const response = await reply;
  if (response.statusCode !== 200) {
    response.resume();
    throw new WireFailure('not-xapi', `HTTP ${response.statusCode} ${response.statusMessage ?? ''}`.trim());
  }
  response.setEncoding('utf8');
  let size = 0;
  for await (const chunk of response as AsyncIterable<string>) {
    size += chunk.length;
    if (size > mostBytes) throw new WireFailure('not-xapi', 'the reply is too large');
    onText(chunk);
  }
}

const certificateCodes = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

function asWireFailure(error: unknown): WireFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (certificateCodes.test(code)) return new WireFailure('certificate', message, { cause: error });
  if (code === 'ECONNRESET' || code === 'ECONNABORTED' || message === 'aborted' || message === 'socket hang up') {
    return new WireFailure('cut', message, { cause: error });
  }
  if (/^(EPROTO|ERR_SSL_)/.test(code)) {
    const text = 'TLS could not be agreed on: XenServer 5.6 to 6.2 know TLS 1.0 only, which this Node refuses';
    return new WireFailure('unreachable', text, { cause: error });
  }
  return new WireFailure('unreachable', code === '' ? message : reachText(code, message), { cause: error });
}

function reachText(code: string, message: string): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host name';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'no route to the host';
  return message;
}
