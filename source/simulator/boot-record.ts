import type { Model } from './model.ts';
import { emptyValue, type Fields, type ModelType, type Value } from './types.ts';

/**
 * What VM.last_booted_record holds on 5.5 to 7.2: the VM record as an s-expression, its own last_booted_record and
 * bios_strings blanked so that records do not nest (xen-api@030a348661, helpers.ml:set_boot_record, xmlrpc_sexpr.ml).
 */
export function bootRecord(model: Model, vm: Fields): string {
  const fields: Fields = { ...vm, last_booted_record: '', bios_strings: {} };
  const members = [...(model.classes.get('VM')?.fields.values() ?? [])].map(
    ({ name, type }) => `(${quoted(name)} ${sexpr(type, fields[name] ?? emptyValue(type))})`,
  );
  return list('struct', members);
}

/** A value as xmlrpc_to_sexpr makes it of the XML: tags stay, but value, data, name and member do not. */
function sexpr(type: ModelType, value: Value): string {
  switch (type.kind) {
    case 'bool':
      return list('boolean', [quoted(value === true ? '1' : '0')]);
    case 'float':
      return list('double', [quoted(Number.isFinite(value) ? String(value) : 'NaN')]);
    case 'datetime':
      return list('dateTime.iso8601', [quoted(String(value))]);
    case 'set':
      return list(
        'array',
        (value as readonly Value[]).map((item) => sexpr(type.of, item)),
      );
    case 'map':
      return list(
        'struct',
        Object.entries(value as Fields).map(([key, item]) => {
          const name = type.key.kind === 'enum' ? key.toLowerCase() : key;
          return `(${quoted(name)} ${sexpr(type.value, item)})`;
        }),
      );
    default:
      return quoted(String(value));
  }
}

const list = (tag: string, items: readonly string[]): string => `(${[quoted(tag), ...items].join(' ')})`;

const quoted = (text: string): string => `'${trimmed(text).replace(/[\\'"]/g, '\\$&')}'`;

/** xmlrpc_sexpr.ml:trim, as it is: at the end it takes two characters for a blank, so a single one costs a letter. */
export function trimmed(text: string): string {
  let rest = text;
  for (;;) {
    if (/^[ \t\n]/.test(rest)) rest = rest.slice(1);
    else if (/[ \t\n]$/.test(rest)) rest = rest.slice(0, -2);
    else return rest;
  }
}
