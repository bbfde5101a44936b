import type { Model } from './model.ts';
import { floatOfString, int64OfString } from './ocaml.ts';
import type { ModelType, Value } from './types.ts';
import type { Xml } from './xml.ts';

// How xapi reads its arguments since rpc-light does it (c8309baa12, December 2012: 6.2). The words of what fails are
// those of 22.31; whether the releases between said the same is not known.

type Rpc =
  | { readonly is: 'I' | 'S' | 'D'; readonly text: string }
  | { readonly is: 'F'; readonly text: string }
  | { readonly is: 'B'; readonly value: boolean }
  | { readonly is: 'enum'; readonly items: readonly Rpc[] }
  | { readonly is: 'dict'; readonly items: readonly (readonly [string, Rpc])[] };

/** What an argument must be and is not, as OCaml prints it. */
export class Unreadable extends Error {}

const failure = (text: string): Unreadable => new Unreadable(`Failure(${JSON.stringify(text)})`);

const elements = (xml: Xml): readonly Exclude<Xml, string>[] =>
  typeof xml === 'string' ? [] : xml.children.filter((child) => typeof child !== 'string');

const textOf = (xml: Xml): string =>
  typeof xml === 'string' ? xml : xml.children.map((child) => (typeof child === 'string' ? child : '')).join('');

/** A `<value>`; text in it that has no type is a string. */
function rpcOf(value: Xml): Rpc {
  const [inside] = elements(value);
  if (inside === undefined) return { is: 'S', text: textOf(value) };
  switch (inside.tag) {
    case 'int':
    case 'i4':
    case 'i8':
      return { is: 'I', text: textOf(inside) };
    case 'boolean':
      return { is: 'B', value: textOf(inside) === '1' };
    case 'double':
      return { is: 'F', text: textOf(inside) };
    case 'dateTime.iso8601':
      return { is: 'D', text: textOf(inside) };
    case 'array':
      return { is: 'enum', items: elements(elements(inside)[0] ?? '').map(rpcOf) };
    case 'struct':
      return { is: 'dict', items: elements(inside).map(member) };
    default:
      return { is: 'S', text: textOf(inside) };
  }
}

function member(xml: Xml): readonly [string, Rpc] {
  const [name = '', value = ''] = elements(xml);
  return [textOf(name), rpcOf(value)];
}

/** Rpc.to_string */
function shown(rpc: Rpc): string {
  switch (rpc.is) {
    case 'B':
      return `B(${rpc.value})`;
    case 'enum':
      return `[${rpc.items.map(shown).join(';')}]`;
    case 'dict':
      return `{${rpc.items.map(([name, value]) => `${name}:${shown(value)}`).join(';')}}`;
    default:
      return `${rpc.is}(${rpc.text})`;
  }
}

/** An argument as the type the method wants. Errors: Unreadable. */
export const readArgument = (model: Model, type: ModelType, xml: Xml): Value => convert(model, type, rpcOf(xml));

function convert(model: Model, type: ModelType, rpc: Rpc): Value {
  switch (type.kind) {
    case 'int':
      return int64Of(rpc);
    case 'float':
      if (rpc.is === 'F' || rpc.is === 'I' || rpc.is === 'S') return floatOfString(rpc.text);
      throw failure(`Expected float, got '${shown(rpc)}'`);
    case 'bool':
      if (rpc.is === 'B') return rpc.value;
      throw failure(`Expected bool, got '${shown(rpc)}'`);
    case 'enum':
      return tagOf(model, type.name, stringOf(rpc));
    case 'datetime':
      if (rpc.is === 'D' || rpc.is === 'S') return rpc.text;
      throw failure(`Expected datetime, got '${shown(rpc)}'`);
    case 'set':
      if (rpc.is === 'enum') return rpc.items.map((item) => convert(model, type.of, item));
      throw failure(`Expecting Rpc.Enum, but found '${shown(rpc)}'`);
    case 'map':
      if (rpc.is !== 'dict') throw failure(`Expecting Rpc.Dict, but found '${shown(rpc)}'`);
      return Object.fromEntries(
        rpc.items.map(([name, item]) => [keyOf(model, type.key, name), convert(model, type.value, item)]),
      );
    default:
      return stringOf(rpc);
  }
}

function stringOf(rpc: Rpc): string {
  if (rpc.is === 'S') return rpc.text;
  throw failure(`Expected string, got '${shown(rpc)}'`);
}

function int64Of(rpc: Rpc): Value {
  if (rpc.is !== 'S' && rpc.is !== 'I') throw failure(`Expected int64, got '${shown(rpc)}'`);
  try {
    return int64OfString(rpc.text);
  } catch {
    throw failure('Int64.of_string');
  }
}

function tagOf({ enums }: Model, name: string, text: string): string {
  const known = enums[name]?.find((value) => value.toLowerCase() === text.toLowerCase());
  if (known === undefined) throw failure('Unknown tag/contents');
  return known;
}

function keyOf(model: Model, type: ModelType, name: string): string {
  if (type.kind === 'enum') return tagOf(model, type.name, name);
  return type.kind === 'int' ? String(int64Of({ is: 'S', text: name })) : name;
}
