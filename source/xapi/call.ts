import serializer from 'xmlrpc/lib/serializer.js';
import type { ZodType } from 'zod';
import { ResponseReader } from './decode.ts';
import { HostFailure, WireFailure } from './errors.ts';
import type { Post, PostOptions } from './post.ts';
import type { Param, XmlValue } from './value.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | null;
}

/** One XenAPI call: sent, answered, taken out of its envelope, parsed. */
export type Wire = <T>(
  method: string,
  params: readonly Param[],
  result: ZodType<T>,
  options?: CallOptions,
) => Promise<T>;

/**
 * The wire over a poster. Errors: HostFailure with the host's code and parameters; WireFailure when no XenServer
 * answered, or its answer has not the shape the call promises.
 */
export function wire(post: Post, timeout: number): Wire {
  return async (method, params, result, options = {}) => {
    const value = await exchange(post, method, params, {
      signal: options.signal,
      timeout: options.timeout === undefined ? timeout : options.timeout,
    });
    const parsed = result.safeParse(value);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0];
    throw new WireFailure(
      'not-xapi',
      `${method}: unexpected reply at ${where?.path.join('.') ?? ''}: ${where?.message ?? ''}`,
    );
  };
}

async function exchange(
  post: Post,
  method: string,
  params: readonly Param[],
  options: PostOptions,
): Promise<XmlValue> {
  const reader = new ResponseReader();
  let broken: unknown = null;
  const feed = (chunk: string): void => {
    if (broken !== null) return;
    try {
      reader.write(chunk);
    } catch (error) {
      broken = error;
    }
  };
  await post(serializer.serializeMethodCall(method, params), feed, options);
  try {
    if (broken !== null) throw broken;
    return unwrap(method, reader.end());
  } catch (error) {
    if (error instanceof HostFailure) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new WireFailure('not-xapi', `${method}: ${text}`, { cause: error });
  }
}

function unwrap(method: string, response: ReturnType<ResponseReader['end']>): XmlValue {
  if ('fault' in response) throw new HostFailure(method, 'FAULT', [JSON.stringify(response.fault)]);
  const { value } = response;
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('the reply has no Status');
  if (value['Status'] === 'Success') return value['Value'] ?? '';
  const description = value['ErrorDescription'];
  const words = Array.isArray(description) ? description.map(String) : [];
  throw new HostFailure(method, words[0] ?? 'UNKNOWN', words.slice(1));
}
