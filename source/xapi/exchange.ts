import type * as z from 'zod/mini';
import type { ZodMiniType } from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure, failureOf } from '../transport/failure.ts';
import type { HttpConnections } from '../transport/transport.ts';
import type { WireName } from './codec.ts';
import { HostFailure } from './errors.ts';
import type { Param } from './value.ts';
import type { AnswerReader, Wire } from './wire.ts';

export interface ExchangeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole exchange; null waits for ever, as event.next may have to. */
  readonly timeout: number | null;
  /** XML-RPC unless another is named. */
  readonly wire?: WireName;
}

/** A call, and what reads its value. */
interface Asked {
  readonly method: string;
  readonly params: readonly Param[];
  readonly result: ZodMiniType;
}

/**
 * One XenAPI call: encoded, posted, taken out of its envelope, parsed. Errors: HostFailure with the host's code and
 * parameters; ConnectionFailure when no XenServer answered, or its answer has not the shape the call promises.
 */
export async function exchange<S extends ZodMiniType>(
  connections: HttpConnections,
  method: string,
  params: readonly Param[],
  result: S,
  { signal, timeout, wire = 'xml-rpc' }: ExchangeOptions,
): Promise<z.output<S>> {
  // Read with the first call, before its time begins: a screen that waits for an address needs neither direction.
  const { wires } = await import('./codec.ts');
  signal?.throwIfAborted();
  const limit = timeout === null ? [] : [AbortSignal.timeout(timeout)];
  const both = AbortSignal.any([...(signal === undefined ? [] : [signal]), ...limit]);
  const { value, size } = await post(connections, wires[wire], { method, params, result }, both);
  const parsed = result.safeParse(value, { jitless: size < worthCompiling && !read.has(result) });
  read.add(result);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = issue !== undefined && 'expected' in issue ? `${issue.expected} expected` : (issue?.message ?? '');
  throw notUnderstood(method, `unexpected reply at ${issue?.path.join('.') ?? ''}: ${why}`);
}

/** Those that have read a reply; zod compiles a reader, which takes it longer than the one small reply of a command. */
const read = new WeakSet<ZodMiniType>();
/** Characters of a reply. A VM has about 3,000, and twenty of them take as long either way. */
const worthCompiling = 60_000;

const notUnderstood = (method: string, text: string, cause?: unknown): ConnectionFailure =>
  new ConnectionFailure('not-understood', `${method}: ${text}`, { cause });

async function post(
  connections: HttpConnections,
  wire: Wire,
  { method, params, result }: Asked,
  signal: AbortSignal,
): Promise<{ readonly value: unknown; readonly size: number }> {
  const body = wire.encode(method, params);
  const headers = { 'Content-Type': wire.type, 'Content-Length': body.length, 'User-Agent': 'xenfai' };
  const reply = await connections.request({ method: 'POST', path: wire.path, headers, body, signal });
  if (reply.statusCode !== 200) {
    reply.destroy();
    throw notUnderstood(method, `HTTP ${reply.statusCode} ${reply.statusMessage ?? ''}`.trim());
  }
  const reader = wire.reader(result);
  reply.setEncoding('utf8');
  let size = 0;
  let broken: unknown = null;
  try {
    for await (const chunk of reply as AsyncIterable<string>) {
      size += chunk.length;
      if (size > limits.reply.size) throw notUnderstood(method, 'the reply is too large');
      // A reply that is no reply is still read to its end: the connection stays usable.
      if (broken === null) broken = attempt(() => reader.write(chunk));
    }
  } catch (error) {
    throw failureOf(error, signal);
  }
  if (broken !== null) throw notUnderstood(method, messageOf(broken), broken);
  return { value: takenOut(method, reader), size };
}

function attempt(work: () => void): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function takenOut(method: string, reader: AnswerReader): unknown {
  let answer: ReturnType<AnswerReader['end']>;
  try {
    answer = reader.end();
  } catch (error) {
    throw notUnderstood(method, messageOf(error), error);
  }
  if ('value' in answer) return answer.value;
  const parts = answer.error.slice(0, limits.reply.errorParts + 1);
  const [code = 'UNKNOWN', ...rest] = parts.map((part) => String(part).slice(0, limits.reply.errorPart));
  throw new HostFailure(method, code, rest);
}
