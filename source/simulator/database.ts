import { ApiError } from './api-error.ts';
import type { Model, ModelClass } from './model.ts';
import { emptyValue, type Fields, sameValue, type Value } from './types.ts';

export const nullRef = 'OpaqueRef:NULL';

export type Change = 'add' | 'mod' | 'del';
export type Listener = (change: Change, className: string, ref: string, record: Fields) => void;

/**
 * The host's object store: records by class and reference, both ends of every relation kept in step, every real
 * change told to the listeners (a write of the same value is none).
 */
export class Database {
  private readonly tables = new Map<string, Map<string, Fields>>();
  private readonly listeners = new Set<Listener>();
  /** Of the release that the host has. */
  readonly model: Model;
  private readonly makeUuid: () => string;

  constructor(model: Model, makeUuid: () => string) {
    this.model = model;
    this.makeUuid = makeUuid;
    for (const name of model.classes.keys()) this.tables.set(name, new Map());
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  all(className: string): ReadonlyMap<string, Fields> {
    return this.tables.get(className) ?? new Map();
  }

  find(className: string, ref: string): Fields | undefined {
    return this.tables.get(className)?.get(ref);
  }

  /** The record, or HANDLE_INVALID as a call would get it. */
  get(className: string, ref: string): Fields {
    const record = this.find(className, ref);
    if (record === undefined) throw new ApiError('HANDLE_INVALID', className, ref);
    return record;
  }

  create(className: string, fields: Fields): string {
    const definition = this.definition(className);
    const uuid = this.makeUuid();
    const record: Fields = {};
    for (const field of definition.fields.values()) {
      record[field.name] = fields[field.name] ?? field.initial ?? emptyValue(field.type);
      if (field.type.kind === 'ref' && record[field.name] === '') record[field.name] = nullRef;
    }
    if (record['uuid'] === '') record['uuid'] = uuid;
    const ref = `OpaqueRef:${this.makeUuid()}`;
    this.tables.get(className)?.set(ref, record);
    this.tell('add', className, ref);
    for (const [name, value] of Object.entries(record)) this.link(className, name, ref, nullRef, value, true);
    return ref;
  }

  set(className: string, ref: string, name: string, value: Value): void {
    const record = this.get(className, ref);
    const before = record[name] ?? '';
    if (sameValue(before, value)) return;
    record[name] = value;
    this.tell('mod', className, ref);
    this.link(className, name, ref, before, value);
  }

  /** Puts a pair at the front of a map, as xapi does; a key that is there is replaced. */
  setKey(className: string, ref: string, name: string, key: string, value: Value): void {
    const { [key]: _, ...rest } = this.get(className, ref)[name] as Fields;
    this.set(className, ref, name, { [key]: value, ...rest });
  }

  removeKey(className: string, ref: string, name: string, key: string): void {
    const { [key]: _, ...rest } = this.get(className, ref)[name] as Fields;
    this.set(className, ref, name, rest);
  }

  destroy(className: string, ref: string): void {
    const record = this.get(className, ref);
    this.tell('del', className, ref);
    this.tables.get(className)?.delete(ref);
    for (const [name, value] of Object.entries(record)) this.link(className, name, ref, value, nullRef);
  }

  /**
   * Keeps the other end of a relation: VBD.VM moves the VBD from one VM.VBDs to another. No list can hold a reference
   * that is `fresh`, so none is searched: an SR of thousands of disks would be, for each of them.
   */
  private link(className: string, name: string, ref: string, before: Value, after: Value, fresh = false): void {
    const other = this.model.reverse.get(`${className}.${name}`);
    if (other === undefined || before === after) return;
    const [otherClass, list] = other;
    const change = (target: Value, edit: (refs: readonly Value[]) => readonly Value[]): void => {
      const record = this.find(otherClass, String(target));
      if (record === undefined) return;
      // Not by set(): to compare lists of thousands for each new member is what a large world would spend its time on.
      const refs = (record[list] ?? []) as readonly Value[];
      const edited = edit(refs);
      if (edited.length === refs.length) return;
      record[list] = edited;
      this.tell('mod', otherClass, String(target));
    };
    change(before, (refs) => refs.filter((one) => one !== ref));
    change(after, (refs) => (!fresh && refs.includes(ref) ? refs : [...refs, ref]));
  }

  private tell(change: Change, className: string, ref: string): void {
    const record = this.find(className, ref);
    if (record !== undefined) for (const listener of this.listeners) listener(change, className, ref, record);
  }

  private definition(className: string): ModelClass {
    const definition = this.model.classes.get(className);
    if (definition === undefined) throw new Error(`datamodel: no class ${className}`);
    return definition;
  }
}
