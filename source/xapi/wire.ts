import type { ZodMiniType } from 'zod/mini';
import type { Param } from './value.ts';

/** What a host answered: a value, or instead of it a code with parameters. */
export type Answer = { readonly value: unknown } | { readonly error: readonly unknown[] };

/** Takes an answer as it comes. Both throw an Error with a reason in words on what is no answer. */
export interface AnswerReader {
  write(chunk: string): void;
  end(): Answer;
}

/** One of the two ways in which xapi takes calls. */
export interface Wire {
  readonly path: string;
  readonly type: string;
  readonly encode: (method: string, params: readonly Param[]) => Buffer;
  /** `result`: what will read the value. */
  readonly reader: (result: ZodMiniType) => AnswerReader;
}
