import { ApiError } from '../api-error.ts';
import type { ModelClass } from '../model.ts';
import type { Fields, ModelType, Value } from '../types.ts';
import { text } from './context.ts';

// The language of get_all_records_where, after db_filter_parse.mly and db_filter_lex.mll.

type Test = (ref: string, record: Fields) => boolean;
type Operand = (ref: string, record: Fields) => string;

/** Fields of these names are in a namespace: the column of name_label is name__label, that of VCPUs_max VCPUs__max. */
const namespaces = ['name', 'memory', 'API_version', 'io', 'qos', 'VCPUs', 'actions', 'PV', 'HVM'];

function columnOf(field: string): string {
  const namespace = namespaces.find((name) => field.startsWith(`${name}_`));
  return namespace === undefined ? field : `${namespace}__${field.slice(namespace.length + 1)}`;
}

/** A filter as a test of rows. Errors: INTERNAL_ERROR, as OCaml prints what its lexer and parser raise. */
export function parseFilter(definition: ModelClass, expression: string): Test {
  const tokens = tokenize(expression);
  let at = 0;
  const fail = (): never => {
    throw new ApiError('INTERNAL_ERROR', 'Parsing.Parse_error');
  };
  const take = (wanted: string): void => {
    if (tokens[at] !== wanted) fail();
    at += 1;
  };
  const literal = (): string => {
    const token = tokens[at];
    if (token === undefined || !token.startsWith('"')) return fail();
    at += 1;
    return token.slice(1, -1);
  };
  const operand = (): Operand => {
    if (tokens[at] !== 'field') {
      const wanted = literal();
      return () => wanted;
    }
    at += 1;
    return column(definition, literal());
  };
  const simple = (): Test => {
    const token = tokens[at];
    if (token === 'true' || token === 'false') {
      at += 1;
      return () => token === 'true';
    }
    if (token === 'not') {
      at += 1;
      // It binds less than `and` and `or`: their precedence is declared after it.
      const inner = all();
      return (ref, record) => !inner(ref, record);
    }
    if (token === '(') {
      at += 1;
      const inner = all();
      take(')');
      return inner;
    }
    const left = operand();
    take('=');
    const right = operand();
    return (ref, record) => left(ref, record) === right(ref, record);
  };
  /** `and` and `or` have one precedence and go from left to right. */
  const all = (): Test => {
    let test = simple();
    while (tokens[at] === 'and' || tokens[at] === 'or') {
      const [both, left] = [tokens[at] === 'and', test];
      at += 1;
      const right = simple();
      test = (ref, record) =>
        both ? left(ref, record) && right(ref, record) : left(ref, record) || right(ref, record);
    }
    return test;
  };
  const test = all();
  return at === tokens.length ? test : fail();
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  let rest = expression;
  for (;;) {
    rest = rest.replace(/^[ \t\n]+/, '');
    if (rest === '') return tokens;
    const [token] = /^(?:"[^"]*"|[()=]|field|true|false|and|or|not)/.exec(rest) ?? [];
    if (token === undefined) throw new ApiError('INTERNAL_ERROR', 'Failure("lexing: empty token")');
    tokens.push(token);
    rest = rest.slice(token.length);
  }
}

function column(definition: ModelClass, name: string): Operand {
  if (name === '_ref') return (ref) => ref;
  const field = [...definition.fields.values()].find((one) => columnOf(one.name) === name);
  return (_, record) => {
    if (field === undefined) throw new ApiError('INTERNAL_ERROR', 'missing field', name, '');
    return columnText(field.type, record[field.name] ?? '');
  };
}

/** A value as its column has it: sets and maps are s-expressions. */
function columnText(type: ModelType, value: Value): string {
  const quoted = (item: string): string => `'${item.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (type.kind === 'set' && Array.isArray(value)) return `(${value.map((item) => quoted(text(item))).join(' ')})`;
  if (type.kind !== 'map' || typeof value !== 'object') return text(value);
  return `(${Object.entries(value)
    .map(([key, item]) => `(${quoted(key)} ${quoted(text(item))})`)
    .join(' ')})`;
}
