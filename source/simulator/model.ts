import classes from './datamodel-5.6/classes.json' with { type: 'json' };
import tables from './datamodel-5.6/enums.json' with { type: 'json' };
import { type ModelType, parseType, type Value } from './types.ts';

// The datamodel of xen-api@030a348661 (May 2010, midnight-ride), printed by its own datamodel.ml. The classes that no
// call here does anything to (from VBD_metrics on) are today's, without what was published after midnight-ride.

export interface Field {
  readonly name: string;
  readonly type: ModelType;
  readonly initial: Value | null;
  readonly qualifier: string;
}

export interface Message {
  readonly params: readonly ModelType[];
  readonly names: readonly string[];
  readonly result: ModelType;
  readonly async: boolean;
  readonly session: boolean;
  /** Trailing parameters that may be left out; with any, surplus arguments are ignored. */
  readonly optional: readonly Value[];
  /** It is known, and only says that it is gone. */
  readonly removed: boolean;
}

export interface ModelClass {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly constructor_fields: readonly string[];
  readonly events: boolean;
  readonly messages: ReadonlyMap<string, Message>;
}

/** The datamodel of one release. */
export interface Model {
  /** What reads its arguments: see rpc-light.ts. */
  readonly reader: 'xmlrpc' | 'rpc-light';
  readonly classes: ReadonlyMap<string, ModelClass>;
  /** [class, field] of the one side, for every reference whose other end lists it: VBD.VM -> VM.VBDs. */
  readonly reverse: ReadonlyMap<string, readonly [className: string, field: string]>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

export type Relation = readonly [many: string, field: string, one: string, list: string];

type RawMessage = [string[], string, number, string[]];
interface RawClass {
  fields: [string, string, unknown, string][];
  constructor: string[];
  events: boolean;
  messages: Record<string, RawMessage>;
  optional: Record<string, Record<string, string>>;
  noSession: string[];
}

export const model56: Model = {
  reader: 'xmlrpc',
  classes: new Map(
    Object.entries(classes as unknown as Record<string, RawClass>).map(([name, raw]) => [name, readClass(name, raw)]),
  ),
  reverse: reverseOf(tables.relations as unknown as readonly Relation[]),
  enums: Object.fromEntries(
    Object.entries(tables.enums as Record<string, unknown>).map(([name, values]) => [
      name,
      (Array.isArray(values) ? values : Object.keys(values as object)).map(String),
    ]),
  ),
};

export function reverseOf(relations: readonly Relation[]): Model['reverse'] {
  return new Map(relations.map(([many, field, one, list]) => [`${many}.${field}`, [one, list]]));
}

function readClass(name: string, raw: RawClass): ModelClass {
  const fields = raw.fields.map(([field, type, initial, qualifier]): [string, Field] => [
    field,
    { name: field, type: parseType(type), initial: initial as Value | null, qualifier },
  ]);
  const messages = Object.entries(raw.messages).map(
    ([message, [params, result, async, names]]): [string, Message] => [
      message,
      {
        params: params.map(parseType),
        names,
        result: parseType(result),
        async: async === 1,
        session: !raw.noSession.includes(message),
        optional: Object.values(raw.optional[message] ?? {}),
        removed: false,
      },
    ],
  );
  return {
    name,
    fields: new Map(fields),
    constructor_fields: raw.constructor,
    events: raw.events,
    messages: new Map(messages),
  };
}
