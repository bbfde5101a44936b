import type { Fields, Value } from '../types.ts';
import type { World } from '../world.ts';

/** What a call knows besides its arguments. `task` is the database task of this call, `signal` ends with the caller. */
export interface CallContext {
  readonly world: World;
  readonly session: string;
  readonly task: string;
  readonly signal: AbortSignal;
}

export type Handler = (context: CallContext, ...args: Value[]) => Value | Promise<Value>;

/** Handlers by method name without class; the generic ones serve what is not listed. */
export type Handlers = Readonly<Record<string, Handler>>;

export const text = (value: Value | undefined): string => (value === undefined ? '' : String(value));

export const fieldsOf = (value: Value | undefined): Fields =>
  typeof value === 'object' && !Array.isArray(value) ? { ...(value as Fields) } : {};

export const refsOf = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
