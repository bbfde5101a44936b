import {
  type Field,
  type Message,
  type Model,
  type ModelClass,
  model56,
  type Relation,
  reverseOf,
} from '../model.ts';
import { type ModelType, parseType, type Value } from '../types.ts';
import later from './later.json' with { type: 'json' };

// later.json: what came after 5.6 and when, from xapi's own list of each field's and message's life (xen-api,
// doc/data/xenapi.json), up to xapi 22.31. Five entries there say "rio" and are later: VM.appliance (8129f3211c),
// VM.VUSBs (5ecf71eac0), VM.scheduled_to_be_resident_on (internal up to 8.1), pool.allowed_operations and
// current_operations (1186195b5d). Held to the recorded records of 22.31 by test/simulator/profiles.test.ts.

interface LaterMessage {
  readonly params?: readonly (readonly [type: string, name: string])[];
  readonly result?: string;
  readonly since?: string;
  readonly removed?: string;
  readonly async?: boolean;
  /** Parameters that came later still; all of them may be left out. */
  readonly more?: readonly (readonly [type: string, name: string, since: string, initial: Value])[];
}

interface LaterClass {
  readonly since?: string;
  readonly fields?: readonly (readonly [
    name: string,
    type: string,
    initial: Value | null,
    qualifier: string,
    since: string,
  ])[];
  readonly messages: Readonly<Record<string, LaterMessage>>;
}

const classes = later.classes as unknown as Readonly<Record<string, LaterClass>>;

/** Code names of the releases, and versions of xapi after the last of them, oldest first. */
const order: readonly string[] = later.order;

/** Who asks for a removed message is told so from this release on (gen_server.ml of XS62); before, it still works. */
const tellsRemoved = 'clearwater';

/** Whether the release of this code name has what came with that one. What is older than the list is always there. */
export const isSince = (codename: string, since: string): boolean => order.indexOf(since) <= order.indexOf(codename);

/**
 * The datamodel of the release of this code name. A field that was removed stays in the records, without a value:
 * so it is in those of 22.31.
 */
export function modelOf(codename: string): Model {
  if (codename === order[0]) return model56;
  const has = (since: string | undefined): boolean => since !== undefined && isSince(codename, since);
  const old = [...model56.classes.values()].map((one) => extended(one, classes[one.name], has));
  const added = Object.entries(classes)
    .filter(([name, { since }]) => !model56.classes.has(name) && has(since))
    .map(([name, one]) => extended(emptyClass(name), one, has));
  return {
    reader: has('clearwater') ? 'rpc-light' : 'xmlrpc',
    classes: new Map([...old, ...added].map((one) => [one.name, one])),
    reverse: new Map([...model56.reverse, ...reverseOf(later.relations as unknown as readonly Relation[])]),
    enums: { ...model56.enums, ...(later.enums as Readonly<Record<string, readonly string[]>>) },
  };
}

const emptyClass = (name: string): ModelClass => ({
  name,
  fields: new Map(),
  constructor_fields: [],
  events: true,
  messages: new Map(),
});

type Has = (since: string | undefined) => boolean;

/** A class with what has come to it by then. */
function extended(old: ModelClass, more: LaterClass | undefined, has: Has): ModelClass {
  if (more === undefined) return old;
  const fields = (more.fields ?? [])
    .filter(([name, , , , since]) => has(since) && !old.fields.has(name))
    .map(([name, type, initial, qualifier]): Field => ({ name, type: parseType(type), initial, qualifier }));
  const messages = new Map(old.messages);
  for (const field of fields) for (const [name, one] of accessors(old.name, field)) messages.set(name, one);
  for (const [name, one] of Object.entries(more.messages)) {
    const before = old.messages.get(name) ?? messages.get(name);
    if (before === undefined && !has(one.since)) continue;
    messages.set(name, message(before, one, has));
  }
  const given = fields.filter(({ qualifier }) => qualifier !== 'DynamicRO').map(({ name }) => name);
  return {
    ...old,
    fields: new Map([...old.fields, ...fields.map((field) => [field.name, field] as const)]),
    constructor_fields: [...old.constructor_fields, ...given],
    messages,
  };
}

function message(before: Message | undefined, later: LaterMessage, has: Has): Message {
  const more = (later.more ?? []).filter(([, , since]) => has(since));
  const params = before?.params ?? (later.params ?? []).map(([type]) => parseType(type));
  const names = before?.names ?? (later.params ?? []).map(([, name]) => name);
  return {
    params: [...params, ...more.map(([type]) => parseType(type))],
    names: [...names, ...more.map(([, name]) => name)],
    result: before?.result ?? parseType(later.result ?? 'void'),
    async: before?.async ?? later.async ?? true,
    session: before?.session ?? true,
    optional: [...(before?.optional ?? []), ...more.map(([, , , initial]) => initial)],
    removed: has(later.removed) && has(tellsRemoved),
  };
}

/** Getter, setter and edits of a field, by rule of the datamodel. */
function accessors(className: string, { name, type, qualifier }: Field): [string, Message][] {
  const self: ModelType = { kind: 'ref', name: className };
  const nothing: ModelType = { kind: 'void' };
  const made = (verb: string, params: readonly ModelType[], names: readonly string[], result: ModelType) =>
    [`${verb}_${name}`, { params, names, result, async: false, session: true, optional: [], removed: false }] as [
      string,
      Message,
    ];
  const get = made('get', [self], ['self'], type);
  if (qualifier !== 'RW') return [get];
  const set = made('set', [self, type], ['self', 'value'], nothing);
  if (type.kind === 'map') {
    return [
      get,
      set,
      made('add_to', [self, type.key, type.value], ['self', 'key', 'value'], nothing),
      made('remove_from', [self, type.key], ['self', 'key'], nothing),
    ];
  }
  if (type.kind !== 'set') return [get, set];
  const one = [self, type.of];
  return [get, set, made('add', one, ['self', 'value'], nothing), made('remove', one, ['self', 'value'], nothing)];
}
