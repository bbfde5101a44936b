import { ApiError } from '../api-error.ts';
import type { Message, ModelClass } from '../model.ts';
import type { Fields, Value } from '../types.ts';
import type { World } from '../world.ts';
import { type CallContext, type Handler, refsOf, text } from './context.ts';
import { parseFilter } from './filter.ts';

/**
 * The calls every class has, by rule of the datamodel: getters, setters, map and set edits, lookups.
 * Null when the name follows no rule: then it is a message of its own.
 */
export function genericHandler(definition: ModelClass, method: string, message: Message): Handler | null {
  const name = definition.name;
  if (method === 'get_all') return ({ world }) => [...world.database.all(name).keys()];
  if (method === 'get_all_records') return ({ world }) => Object.fromEntries(world.database.all(name));
  if (method === 'get_all_records_where') {
    return ({ world }, expression) => {
      const matches = filterOf(world, definition, text(expression));
      return Object.fromEntries([...world.database.all(name)].filter(([ref, record]) => matches(ref, record)));
    };
  }
  if (method === 'get_record') return ({ world }, ref) => world.database.get(name, text(ref));
  if (method === 'get_by_uuid') return (context, uuid) => byUuid(context, name, text(uuid));
  if (method === 'get_by_name_label') {
    return ({ world }, label) => matching(world.database.all(name), (record) => record['name_label'] === label);
  }
  const rule = /^(get|set|add_to|remove_from|add|remove)_(.+)$/.exec(method);
  const [, verb = '', fieldName = ''] = rule ?? [];
  const field = definition.fields.get(fieldName);
  if (field === undefined) return null;
  if (verb === 'get') return ({ world }, ref) => world.database.get(name, text(ref))[fieldName] ?? '';
  if (message.params[0]?.kind !== 'ref') return null;
  return editHandler(name, fieldName, verb);
}

/** An expression that cannot be read is an internal error, from 6.1 on a bad value (4c8e5dc1e6). */
function filterOf({ profile }: World, definition: ModelClass, expression: string): ReturnType<typeof parseFilter> {
  try {
    return parseFilter(definition, expression);
  } catch (error) {
    if (!(error instanceof ApiError) || !profile.has('tampa')) throw error;
    throw new ApiError('INVALID_VALUE', expression, ...error.params);
  }
}

function editHandler(name: string, field: string, verb: string): Handler | null {
  switch (verb) {
    case 'set':
      return ({ world }, ref, value) => {
        world.database.get(name, text(ref));
        world.database.set(name, text(ref), field, value ?? '');
        return '';
      };
    case 'add_to':
      return ({ world }, ref, key, value) => {
        const map = world.database.get(name, text(ref))[field] as Fields;
        // 616d41a827, 7.5
        if (key === '' && world.profile.has('kolkata'))
          throw new ApiError('INTERNAL_ERROR', 'Db_exn.Empty_key_in_map');
        if (map[text(key)] !== undefined) throw new ApiError('MAP_DUPLICATE_KEY', name, field, text(ref), text(key));
        world.database.setKey(name, text(ref), field, text(key), value ?? '');
        return '';
      };
    case 'remove_from':
      return ({ world }, ref, key) => {
        world.database.removeKey(name, text(ref), field, text(key));
        return '';
      };
    case 'add':
    case 'remove':
      return ({ world }, ref, value) => {
        const items = refsOf(world.database.get(name, text(ref))[field]);
        const rest = items.filter((item) => item !== value);
        const added = rest.length < items.length ? items : [value ?? '', ...items];
        world.database.set(name, text(ref), field, verb === 'add' ? added : rest);
        return '';
      };
    default:
      return null;
  }
}

function byUuid({ world }: CallContext, name: string, uuid: string): Value {
  const [ref] = matching(world.database.all(name), (record) => record['uuid'] === uuid);
  if (ref === undefined) throw new ApiError('UUID_INVALID', name, uuid);
  return ref;
}

const matching = (table: ReadonlyMap<string, Fields>, test: (record: Fields) => boolean): string[] =>
  [...table].filter(([, record]) => test(record)).map(([ref]) => ref);
