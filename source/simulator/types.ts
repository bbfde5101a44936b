/** A type of the datamodel, as the tables spell it: `set (enum vm_operations)`, `map string string`, `ref VM`. */
export type ModelType =
  | { readonly kind: 'string' | 'int' | 'bool' | 'float' | 'datetime' | 'void' }
  | { readonly kind: 'enum' | 'ref' | 'record'; readonly name: string }
  | { readonly kind: 'set'; readonly of: ModelType }
  | { readonly kind: 'map'; readonly key: ModelType; readonly value: ModelType };

/** A value in the database: ints and floats as numbers, dates as wire text, maps and records as objects. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };
export type Fields = Record<string, Value>;

const simple = new Set(['string', 'int', 'bool', 'float', 'datetime', 'void']);

export function parseType(text: string): ModelType {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const next = (): ModelType => {
    const token = tokens[at++] ?? 'void';
    if (token === '(') {
      const inner = next();
      at += 1;
      return inner;
    }
    if (token === 'set') return { kind: 'set', of: next() };
    if (token === 'map') return { kind: 'map', key: next(), value: next() };
    if (token === 'enum' || token === 'ref' || token === 'record') return { kind: token, name: tokens[at++] ?? '' };
    if (simple.has(token)) return { kind: token as 'string' };
    throw new Error(`datamodel: unknown type ${text}`);
  };
  return next();
}

/** What a field holds when nobody gave it a value. */
export function emptyValue(type: ModelType): Value {
  switch (type.kind) {
    case 'int':
    case 'float':
      return 0;
    case 'bool':
      return false;
    case 'datetime':
      return '19700101T00:00:00Z';
    case 'ref':
      return 'OpaqueRef:NULL';
    case 'set':
      return [];
    case 'map':
    case 'record':
      return {};
    default:
      return '';
  }
}

/** Equal in all they hold; maps in the order of their keys, too, for clients see the order. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i] ?? ''));
  }
  const keys = Object.keys(a);
  if (keys.join('\n') !== Object.keys(b).join('\n')) return false;
  return keys.every((key) => sameValue(a[key] ?? '', b[key] ?? ''));
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
