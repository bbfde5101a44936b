import { ApiError } from './api-error.ts';
import { array, bare, from, member, struct, TypeMismatch } from './envelope.ts';
import type { Model } from './model.ts';
import { floatOfString, int64OfString } from './ocaml.ts';
import { readArgument, Unreadable } from './rpc-light.ts';
import type { Fields, ModelType, Value } from './types.ts';
import type { Xml } from './xml.ts';

/** A database value as XML of its model type, the way the 5.6 emitter writes it. */
export function marshal(model: Model, type: ModelType, value: Value): string {
  switch (type.kind) {
    case 'void':
      return '<value/>';
    case 'bool':
      return `<value><boolean>${value === true ? 1 : 0}</boolean></value>`;
    case 'float':
      return `<value><double>${double(value)}</double></value>`;
    case 'datetime':
      return `<value><dateTime.iso8601>${String(value)}</dateTime.iso8601></value>`;
    case 'set':
      return array((value as readonly Value[]).map((item) => marshal(model, type.of, item)));
    case 'map':
      // Keys of enum-keyed maps are lower-cased on the wire.
      return struct(
        Object.entries(value as Fields).map(([key, item]) =>
          member(type.key.kind === 'enum' ? key.toLowerCase() : key, marshal(model, type.value, item)),
        ),
      );
    case 'record':
      return marshalRecord(model, type.name, value as Fields);
    default:
      return bare(String(value));
  }
}

/** C's `%0.16g`; what is not finite is NaN. */
const double = (value: Value): string =>
  Number.isFinite(value) ? String(Number(Number(value).toPrecision(16))) : 'NaN';

export function marshalRecord(model: Model, className: string, fields: Fields): string {
  const members: string[] = [];
  for (const field of model.classes.get(className)?.fields.values() ?? []) {
    const value = fields[field.name];
    if (value !== undefined) members.push(member(field.name, marshal(model, field.type, value)));
  }
  return struct(members);
}

/**
 * An argument as the type the method wants. `param` is what FIELD_TYPE_ERROR complains about: whatever goes wrong
 * inside, it names the argument and nothing else (genOCaml.ml). Later it is an internal error in OCaml's words.
 */
export function unmarshal(model: Model, type: ModelType, xml: Xml, param: string): Value {
  if (type.kind === 'record') return constructorFields(model, type.name, xml);
  try {
    return model.reader === 'rpc-light' ? readArgument(model, type, xml) : read(model, type, xml);
  } catch (error) {
    if (error instanceof Unreadable) throw new ApiError('INTERNAL_ERROR', error.message);
    throw new ApiError('FIELD_TYPE_ERROR', param);
  }
}

function read(model: Model, type: ModelType, xml: Xml): Value {
  switch (type.kind) {
    case 'int':
      return int64OfString(from.string(xml));
    case 'float':
      return floatOfString(from.double(xml));
    case 'bool':
      return from.boolean(xml);
    case 'enum':
      return enumValue(model, type.name, from.string(xml));
    case 'datetime':
      return hostTimeOf(from.datetime(xml));
    case 'set':
      return from.array(xml).map((item) => read(model, type.of, item));
    case 'map':
      return Object.fromEntries(
        from.structure(xml).map(([key, item]) => [mapKey(model, type.key, key), read(model, type.value, item)]),
      );
    default:
      return from.string(xml);
  }
}

function enumValue(model: Model, name: string, text: string): string {
  const known = model.enums[name]?.find((value) => value.toLowerCase() === text.toLowerCase());
  if (known === undefined) throw new Error(`${name} has no ${text}`);
  return known;
}

function mapKey(model: Model, type: ModelType, key: string): string {
  if (type.kind === 'enum') return enumValue(model, type.name, key);
  return type.kind === 'int' ? String(int64OfString(key)) : key;
}

function hostTimeOf(text: string): string {
  if (!/^\d{8}T\d{2}:\d{2}:\d{2}Z$/.test(text)) throw new Error(`${text} is no time`);
  return text;
}

/** Constructor arguments: unknown members are ignored, missing ones without a default are an internal error. */
function constructorFields(model: Model, className: string, xml: Xml): Fields {
  const members = new Map([...structureOf(xml)].reverse());
  const definition = model.classes.get(className);
  const fields: Fields = {};
  for (const name of definition?.constructor_fields ?? []) {
    const field = definition?.fields.get(name);
    const value = members.get(name);
    if (field === undefined) continue;
    if (value !== undefined) fields[name] = unmarshal(model, field.type, value, ocamlName(name));
    else if (field.initial !== null) fields[name] = field.initial;
    else throw new ApiError('INTERNAL_ERROR', `Server_helpers.Dispatcher_FieldNotFound("${name}")`);
  }
  return fields;
}

function structureOf(xml: Xml): readonly (readonly [string, Xml])[] {
  try {
    return from.structure(xml);
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error;
    throw new ApiError('XMLRPC_UNMARSHAL_FAILURE', error.expected, error.found);
  }
}

/** The name of a parameter in the generated code, which is what FIELD_TYPE_ERROR shows: `VM` is vM, `type` _type. */
export const ocamlName = (name: string): string =>
  ['type', 'and', 'class'].includes(name) ? `_${name}` : `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
