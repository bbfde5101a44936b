import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { answerTo } from '../source/simulator/answer.ts';
import type { Member } from '../source/simulator/pool.ts';
import type { Simulator } from '../source/simulator/simulator.ts';
import { ConnectionFailure, failureOf } from '../source/transport/failure.ts';
import { network } from '../source/transport/network.ts';
import type { HttpRequest, Transport } from '../source/transport/transport.ts';

/** What lies between client and host. */
export class Line {
  /** `dead`: calls arrive and are carried out, but no answer ever comes. */
  state: 'up' | 'dead' | 'refused' = 'up';
  private connections = new AbortController();

  /** All connections end; what was asked on them goes on in the host. */
  cut(): void {
    this.connections.abort();
    this.connections = new AbortController();
  }

  get ending(): AbortSignal {
    return this.connections.signal;
  }
}

/**
 * Calls go straight into the simulated host, and answers come back as streams: no socket, no time that is not asked
 * for, and thousands of connections in a moment.
 */
export const inProcess = (sim: Simulator, line = new Line()): Transport => ({
  ...network,
  http: (url) => ({ request: (what) => request(sim, line, url, what), close() {} }),
  dial: () => Promise.resolve(false),
  hearLines: () => Promise.resolve(),
});

async function request(
  sim: Simulator,
  line: Line,
  url: URL,
  { path, body, signal }: HttpRequest,
): Promise<IncomingMessage> {
  if (signal.aborted) throw failureOf(signal.reason, signal);
  if (line.state === 'refused') throw new ConnectionFailure('unreachable', 'connection refused');
  const gone = new AbortController();
  const text = Buffer.from(body ?? '').toString('utf8');
  const ended = ending(signal, [sim.world.stopped, line.ending]);
  const reply = answerTo(sim.world, { path, text }, gone.signal, memberAt(sim, url)).then((done) =>
    line.state === 'dead' ? never() : done,
  );
  try {
    return answer(await Promise.race([ended, reply]));
  } finally {
    gone.abort();
  }
}

/** The host of the pool that has this address. */
function memberAt({ world }: Simulator, { hostname: address }: URL): Member | null {
  const [host] = [...world.database.all('host')].find(([, record]) => record['address'] === address) ?? [];
  return host === undefined ? null : { host, address, trouble: null };
}

const never = (): Promise<never> => new Promise(() => {});

/** The caller has enough of it, or what carries its connection ends. */
function ending(signal: AbortSignal, carriers: readonly AbortSignal[]): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(failureOf(signal.reason, signal)), { once: true });
    for (const carrier of carriers) carrier.addEventListener('abort', () => reject(cut()), { once: true });
  });
}

const cut = (): ConnectionFailure => new ConnectionFailure('cut', 'the server closed the connection');

function answer(reply: Awaited<ReturnType<typeof answerTo>>): IncomingMessage {
  if ('ends' in reply) throw cut();
  const { type, body, comes } = 'broken' in reply ? brokenPage(reply.broken) : reply;
  async function* pieces(): AsyncGenerator<Buffer> {
    yield body.subarray(0, comes);
    if (comes < body.length) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  }
  const statusCode = 'broken' in reply ? 500 : 200;
  const head = { statusCode, statusMessage: '', headers: { 'content-type': type } };
  return Object.assign(Readable.from(pieces(), { objectMode: false }), head) as unknown as IncomingMessage;
}

const brokenPage = (why: string) => ({ type: 'text/html', body: Buffer.from(why), comes: Buffer.byteLength(why) });
