import type { Ref } from '../xapi/records.ts';
import type { Install } from './install.ts';

interface Known {
  readonly exact: readonly string[];
  readonly name: string;
}

/** Whose message it is: found by MAC, by uuid, or by a host name that only one VM can have made. One look-up each. */
export class Senders {
  private readonly exact = new Map<string, Set<Ref>>();
  private readonly byName = new Map<string, Set<Ref>>();
  private readonly known = new Map<Ref, Known>();

  know({ vm, mac }: Pick<Install, 'vm' | 'mac'>): void {
    const exact = [vm.record.uuid, ...(mac === '' ? [] : [mac])];
    const name = hostName(vm.record.name_label);
    this.forget(vm.ref);
    this.known.set(vm.ref, { exact, name });
    for (const id of exact) add(this.exact, id, vm.ref);
    add(this.byName, name, vm.ref);
  }

  forget(ref: Ref): void {
    const before = this.known.get(ref);
    if (before === undefined) return;
    this.known.delete(ref);
    for (const id of before.exact) this.exact.get(id)?.delete(ref);
    this.byName.get(before.name)?.delete(ref);
  }

  /** Null for a stranger, and for a name that several VMs have. */
  find(sendid: string): Ref | null {
    const id = sendid.toLowerCase();
    return only(this.exact.get(id)) ?? only(this.byName.get(id.split('.')[0] ?? '')) ?? null;
  }
}

function add(map: Map<string, Set<Ref>>, id: string, ref: Ref): void {
  const refs = map.get(id) ?? new Set();
  refs.add(ref);
  map.set(id, refs);
}

function only(refs: ReadonlySet<Ref> | undefined): Ref | null {
  if (refs === undefined || refs.size !== 1) return null;
  const [ref = null] = refs;
  return ref;
}

const hostName = (label: string): string => label.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
