import type { ZodMiniType } from 'zod/mini';
import * as z from 'zod/mini';

/** What of a value somebody will read: all of it, the same of each part, or some members and of each what. */
export type Wanted =
  | { readonly kind: 'all' }
  | { readonly kind: 'each'; readonly part: Wanted }
  | { readonly kind: 'some'; readonly members: ReadonlyMap<string, Wanted> };

export const all: Wanted = { kind: 'all' };

/** What a schema reads: members that it does not name it drops anyway, so nobody misses them. */
export function wantedBy(schema: unknown): Wanted {
  if (schema instanceof z.ZodMiniObject && schema.def.catchall === undefined) {
    const shape: Readonly<Record<string, unknown>> = schema.def.shape;
    return { kind: 'some', members: new Map(Object.entries(shape).map(([name, part]) => [name, wantedBy(part)])) };
  }
  if (schema instanceof z.ZodMiniRecord) return { kind: 'each', part: wantedBy(schema.def.valueType) };
  if (schema instanceof z.ZodMiniArray) return { kind: 'each', part: wantedBy(schema.def.element) };
  if (schema instanceof z.ZodMiniDefault || schema instanceof z.ZodMiniOptional)
    return wantedBy(schema.def.innerType);
  return all;
}

/** A call's envelope, and of its result what the schema reads. */
export const wantedOfReply = (result: ZodMiniType): Wanted => ({
  kind: 'some',
  members: new Map([
    ['Status', all],
    ['ErrorDescription', all],
    ['Value', wantedBy(result)],
  ]),
});
