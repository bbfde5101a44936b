import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { asWireFailure, WireFailure } from './errors.ts';

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
      throw asWireFailure(error);
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
