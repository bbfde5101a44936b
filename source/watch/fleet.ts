import { readMark } from '../boot/marks.ts';
import type { BootRules } from '../boot/releases.ts';
import type { MonitorMessage } from '../fai/monitor-message.ts';
import { foldMessage, noProgress } from '../fai/progress.ts';
import { stateOf, type Vm } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import type { Ref } from '../xapi/records.ts';
import { type Install, needsKey } from './install.ts';
import { Senders } from './senders.ts';

/** What is known of all VMs. One map for as long as one watches: `version` says when it has changed. */
export interface Fleet {
  readonly version: number;
  readonly byRef: ReadonlyMap<Ref, Install>;
  /** Null while events come; else why not, and since when. */
  readonly lost: { readonly reason: string; readonly since: number } | null;
}

export const noFleet: Fleet = { version: 0, byRef: new Map(), lost: null };

/** What happens to the fleet. `all` replaces everything known. */
export type FleetEvent =
  | { readonly type: 'all'; readonly vms: readonly Vm[]; readonly macs: ReadonlyMap<Ref, string> }
  | { readonly type: 'vm'; readonly vm: Vm }
  | { readonly type: 'gone'; readonly ref: Ref }
  | { readonly type: 'mac'; readonly ref: Ref; readonly mac: string }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'message'; readonly message: MonitorMessage }
  | { readonly type: 'load'; readonly ref: Ref; readonly load: number };

const busyLoad = 0.1;
const idleLoad = 0.03;

/**
 * Folds events into what is known of each VM. Time is handed in. The cost of an event is that of its own VM, however
 * large the fleet: maps are changed in place, and `snapshot` hands out the same map under a new version.
 */
export class FleetFold {
  private readonly rules: BootRules;
  private readonly byRef = new Map<Ref, Install>();
  private readonly senders = new Senders();
  private lost: Fleet['lost'] = null;
  private version = 0;

  constructor(rules: BootRules) {
    this.rules = rules;
  }

  snapshot(): Fleet {
    return { version: this.version, byRef: this.byRef, lost: this.lost };
  }

  /** The VMs that an event has changed. */
  fold(event: FleetEvent, now: number): Ref[] {
    this.version += 1;
    switch (event.type) {
      case 'all':
        return this.replaceAll(event.vms, event.macs, now);
      case 'vm':
        this.lost = null;
        return this.put(this.updated(event.vm, null, now));
      case 'gone':
        this.senders.forget(event.ref);
        return this.byRef.delete(event.ref) ? [event.ref] : [];
      case 'mac':
        return this.change(event.ref, (install) => ({ ...install, mac: event.mac }));
      case 'lost':
        this.lost = { reason: event.reason, since: this.lost?.since ?? now };
        return [];
      case 'message': {
        const sender = this.senders.find(event.message.sendid);
        return sender === null ? [] : this.change(sender, (install) => heard(install, event.message, now));
      }
      case 'load':
        return this.change(event.ref, (install) => loaded(install, event.load, now));
    }
  }

  private replaceAll(vms: readonly Vm[], macs: ReadonlyMap<Ref, string>, now: number): Ref[] {
    this.lost = null;
    const there = new Set(vms.map(({ ref }) => ref));
    const gone = [...this.byRef.keys()].filter((ref) => !there.has(ref));
    for (const ref of gone) {
      this.byRef.delete(ref);
      this.senders.forget(ref);
    }
    for (const vm of vms) this.put(this.updated(vm, macs.get(vm.ref) ?? null, now));
    return [...gone, ...there];
  }

  private change(ref: Ref, edit: (install: Install) => Install): Ref[] {
    const install = this.byRef.get(ref);
    return install === undefined ? [] : this.put(edit(install));
  }

  private put(install: Install): Ref[] {
    this.byRef.set(install.vm.ref, install);
    this.senders.know(install);
    return [install.vm.ref];
  }

  private updated(vm: Vm, mac: string | null, now: number): Install {
    const before = this.byRef.get(vm.ref);
    const state = stateOf(vm.record, { rules: this.rules });
    return before === undefined ? seenFirst(vm, mac ?? '', state, now) : seenAgain(before, vm, mac, state, now);
  }
}

type State = Install['state'];

/** A state in which the installer has been booted, and nobody has said how it ended. */
const isFired = ({ state }: State): boolean => state === 'fired' || state === 'installing';

function seenFirst(vm: Vm, mac: string, state: State, now: number): Install {
  const { domid, power_state: power, other_config, uuid } = vm.record;
  const marks = (['installed', 'failed', 'armed'] as const).map((name) => readMark(other_config, name, uuid));
  const known = marks.find((mark) => mark !== null && power === 'Halted');
  return {
    vm,
    mac,
    state,
    progress: null,
    since: known == null ? now : Date.parse(known.at),
    installerDomain: isFired(state) && domid > 0 ? domid : null,
    busySeen: false,
    idleSince: null,
    messages: [],
  };
}

function seenAgain(before: Install, vm: Vm, mac: string | null, state: State, now: number): Install {
  const { domid, power_state: power } = vm.record;
  const changed = before.state.state !== state.state || before.vm.record.power_state !== power;
  const armedAgain = state.state === 'armed' && before.state.state !== 'armed';
  const newDomain = domid > 0 && domid !== before.vm.record.domid;
  return {
    ...before,
    vm,
    mac: mac ?? before.mac,
    state,
    since: changed ? now : before.since,
    progress: armedAgain ? null : before.progress,
    installerDomain: armedAgain ? null : installerDomainOf(before, domid, state),
    ...(newDomain || armedAgain ? { busySeen: false, idleSince: null } : {}),
  };
}

/** The first domain seen after the loader fired is the installer's. */
function installerDomainOf(before: Install, domid: number, state: State): number | null {
  const firedNow = isFired(state) && !isFired(before.state);
  if (firedNow) return domid > 0 ? domid : null;
  return before.installerDomain ?? (isFired(state) && domid > 0 ? domid : null);
}

function heard(install: Install, message: MonitorMessage, now: number): Install {
  const progress = foldMessage(install.progress ?? noProgress, message, needsKey(install.vm.record.PV_args));
  const { sendid, keyword, ...rest } = message;
  const text = [keyword, ...Object.values(rest)].join(' ');
  const messages = message.keyword === 'check' ? [{ at: now, text }] : [...install.messages, { at: now, text }];
  const changed = progress.outcome !== (install.progress?.outcome ?? 'running');
  return {
    ...install,
    progress,
    since: changed ? now : install.since,
    messages: messages.slice(-limits.watch.messages),
  };
}

function loaded(install: Install, load: number, now: number): Install {
  if (load > busyLoad) return { ...install, busySeen: true, idleSince: null };
  if (load > idleLoad) return { ...install, idleSince: null };
  return install.idleSince === null ? { ...install, idleSince: now } : install;
}
