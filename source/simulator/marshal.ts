import { ApiError } from './api-error.ts';
import { array, bare, member, type RawValue, struct } from './envelope.ts';
import { enums, model } from './model.ts';
import type { Fields, ModelType, Value } from './types.ts';

/** A database value as XML of its model type, the way the 5.6 emitter writes it. */
export function marshal(type: ModelType, value: Value): string {
  switch (type.kind) {
    case 'void':
      return '<value/>';
    case 'bool':
      return `<value><boolean>${value === true ? 1 : 0}</boolean></value>`;
    case 'float':
      return `<value><double>${Number.isFinite(value) ? String(value) : 'NaN'}</double></value>`;
    case 'datetime':
      return `<value><dateTime.iso8601>${String(value)}</dateTime.iso8601></value>`;
    case 'set':
      return array((value as readonly Value[]).map((item) => marshal(type.of, item)));
    case 'map':
      // Keys of enum-keyed maps are lower-cased on the wire.
      return struct(
        Object.entries(value as Fields).map(([key, item]) =>
          member(type.key.kind === 'enum' ? key.toLowerCase() : key, marshal(type.value, item)),
        ),
      );
    case 'record':
      return marshalRecord(type.name, value as Fields);
    default:
      return bare(String(value));
  }
}

export function marshalRecord(className: string, fields: Fields): string {
  const members: string[] = [];
  for (const field of model.get(className)?.fields.values() ?? []) {
    const value = fields[field.name];
    if (value !== undefined) members.push(member(field.name, marshal(field.type, value)));
  }
  return struct(members);
}

/** An argument as the type the method wants. `name` is what FIELD_TYPE_ERROR complains about. */
export function unmarshal(type: ModelType, raw: RawValue, name: string): Value {
  const wrong = (): never => {
    throw new ApiError('FIELD_TYPE_ERROR', name);
  };
  const text = (): string => (raw.kind === 'scalar' ? raw.text : wrong());
  switch (type.kind) {
    case 'int':
      return /^-?\d+$/.test(text().trim()) ? Number(text()) : wrong();
    case 'float':
      return text().trim() !== '' && !Number.isNaN(Number(text())) ? Number(text()) : wrong();
    case 'bool':
      return text().trim() !== '0';
    case 'enum': {
      const known = enums[type.name]?.find((value) => value.toLowerCase() === text().toLowerCase());
      return known ?? wrong();
    }
    case 'set':
      return raw.kind === 'array' ? raw.items.map((item) => unmarshal(type.of, item, name)) : wrong();
    case 'map': {
      if (raw.kind !== 'struct') return wrong();
      const pairs = [...raw.members].map(([key, item]) => [key, unmarshal(type.value, item, name)] as const);
      return Object.fromEntries(pairs);
    }
    case 'record': {
      if (raw.kind !== 'struct') return wrong();
      return unmarshalRecord(type.name, raw.members);
    }
    default:
      return text();
  }
}

/** Constructor arguments: unknown members are ignored, missing ones without a default are an internal error. */
function unmarshalRecord(className: string, members: ReadonlyMap<string, RawValue>): Fields {
  const definition = model.get(className);
  const fields: Fields = {};
  for (const name of definition?.constructor_fields ?? []) {
    const field = definition?.fields.get(name);
    const raw = members.get(name);
    if (field === undefined) continue;
    if (raw !== undefined) fields[name] = unmarshal(field.type, raw, name);
    else if (field.initial !== null) fields[name] = field.initial;
    else throw new ApiError('INTERNAL_ERROR', `Server_helpers.Dispatcher_FieldNotFound("${name}")`);
  }
  return fields;
}
