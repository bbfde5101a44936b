import type { BootRules } from '../boot/releases.ts';
import type { MonitorMessage } from '../fai/monitor-message.ts';
import type { Offer } from '../hosts/trust.ts';
import { stateOf, type Vm } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import type { Problem } from '../problem/problem.ts';
import type { LearnedStore } from '../settings/learned.ts';
import type { Ref } from '../xapi/records.ts';
import { Ahead } from './ahead.ts';
import { hear, hearAgain } from './hearing.ts';
import { type Install, seenState } from './install.ts';
import { isFired, isUntouched, loaded, seenAgain, seenFirst } from './install-events.ts';
import { withLearned } from './learning.ts';
import { isLost, Lookout, silentSince } from './lost.ts';
import { Senders } from './senders.ts';
import { knownSince, markTime } from './since.ts';
import { Started } from './started.ts';
import { notesAfter } from './timeline.ts';

/** What is known of all VMs. One map for as long as one watches: `version` says when it has changed. */
export interface Fleet {
  readonly version: number;
  readonly byRef: ReadonlyMap<Ref, Install>;
  /** Null while events come. */
  readonly lost: Loss | null;
  /** When events came again after a silence. Milliseconds since 1970. */
  readonly back: number | null;
}

/** The host says nothing: why, since its last word, and when it is asked again. Milliseconds since 1970. */
export interface Loss {
  readonly reason: string;
  readonly since: number;
  /** In the past: it is being asked just now. Null: nothing more is tried until somebody wants it. */
  readonly nextTry: number | null;
  /** It answers, and shows a certificate that somebody may agree to: the pool has another coordinator. */
  readonly offer?: Offer | undefined;
  /** It shows another certificate than the one agreed to, which nothing is told before somebody has agreed to it. */
  readonly refused?: Problem | undefined;
}

export const noFleet: Fleet = { version: 0, byRef: new Map(), lost: null, back: null };

/** What happens to the fleet. `all` replaces everything known, but for MACs, which `macs` replaces. Times are the host's own. */
export type FleetEvent =
  | {
      readonly type: 'all';
      readonly vms: readonly Vm[];
      /** When domains were built, by VM.metrics. */
      readonly started: ReadonlyMap<Ref, number>;
      /** Milliseconds by which the host's clock is ahead of ours. */
      readonly clockAhead: number;
    }
  | { readonly type: 'started'; readonly metrics: Ref; readonly at: number }
  | { readonly type: 'vm'; readonly vm: Vm }
  | { readonly type: 'gone'; readonly ref: Ref }
  | { readonly type: 'macs'; readonly macs: ReadonlyMap<Ref, string> }
  | { readonly type: 'mac'; readonly ref: Ref; readonly mac: string }
  /** Milliseconds: `wait` until the next try, `silent` since the host's last word. */
  | {
      readonly type: 'lost';
      readonly reason: string;
      readonly wait: number;
      readonly silent?: number;
      readonly offer?: Offer | undefined;
    }
  /** `late`: it came in before we listened, and it is not said of which install it was. */
  | { readonly type: 'message'; readonly message: MonitorMessage; readonly late?: boolean }
  | { readonly type: 'load'; readonly ref: Ref; readonly load: number };

/** Milliseconds by which two processes may differ about when a message came. */
const blur = 5;

/**
 * Folds events into what is known of each VM. Time is handed in. The cost of an event is that of its own VM, however
 * large the fleet: maps are changed in place, and `snapshot` hands out the same map under a new version.
 */
export class FleetFold {
  private readonly rules: BootRules;
  private readonly recall: LearnedStore['recall'];
  private readonly byRef = new Map<Ref, Install>();
  /** Up to when what FAI said was learned, of each VM. */
  private readonly recalled = new Map<Ref, number>();
  /** Of all VMs, templates too: one of them may become a VM. */
  private macs = new Map<Ref, string>();
  private readonly senders = new Senders();
  private readonly ahead = new Ahead();
  private readonly started = new Started();
  private readonly lookout = new Lookout(limits.watch.unlooked);
  private clockAhead = 0;
  private lost: Loss | null = null;
  private back: number | null = null;
  private version = 0;

  /** `recall`: what was learned of a VM before, by its uuid. */
  constructor(rules: BootRules, recall: LearnedStore['recall'] = () => null) {
    this.rules = rules;
    this.recall = recall;
  }

  /** When a VM's domain was built, by the host's clock; null where nobody knows. */
  startedAt(vm: Vm): number | null {
    return this.started.of(vm);
  }

  snapshot(): Fleet {
    return { version: this.version, byRef: this.byRef, lost: this.lost, back: this.back };
  }

  /** The VMs that an event has changed. */
  fold(event: FleetEvent, now: number): Ref[] {
    this.version += 1;
    switch (event.type) {
      case 'all':
        return this.replaceAll(event, now);
      case 'vm':
        this.answered(now);
        this.put(this.updated(event.vm, now), now, now);
        return this.catchUp(event.vm.ref, now);
      case 'gone':
        return this.forget(event.ref) ? [event.ref] : [];
      case 'macs': {
        const had = this.macs;
        this.macs = new Map(event.macs);
        return [...this.byRef.keys()]
          .filter((ref) => had.get(ref) !== event.macs.get(ref))
          .flatMap((ref) => this.haveMac(ref, event.macs.get(ref) ?? '', now));
      }
      case 'mac':
        this.macs.set(event.ref, event.mac);
        return this.haveMac(event.ref, event.mac, now);
      case 'started': {
        const owner = this.started.tell(event.metrics, event.at);
        if (owner === null) return [];
        this.change(owner, now, (install) => install);
        return this.catchUp(owner, now);
      }
      case 'lost':
        this.lost = {
          reason: event.reason,
          since: this.lost?.since ?? now - (event.silent ?? 0),
          nextTry: now + event.wait,
          offer: event.offer,
        };
        return [];
      case 'message': {
        const { message, late = false } = event;
        const sender = this.senders.find(message.sendid);
        if (sender === null || (late && this.isOver(sender, now))) return [];
        const about = { now, late, silentHost: this.lost !== null };
        const { vm, state } = this.byRef.get(sender) ?? {};
        if (vm !== undefined && state?.state === 'armed' && !late && this.lost === null)
          this.ahead.keep({ ref: sender, message, at: now, start: this.started.latest(vm) });
        return this.change(sender, now, (install) => hear(install, message, about));
      }
      case 'load':
        return this.change(event.ref, now, (install) => loaded(install, event.load, now));
    }
  }

  /**
   * Somebody looks on: what has shown no sign of life for `patience` milliseconds, while one looked, is lost from now
   * on, until there is one. Told every few seconds. The VMs that are.
   */
  look(now: number, patience: number): Ref[] {
    if (this.lost !== null) {
      this.lookout.interrupt();
      return [];
    }
    const looking = this.lookout.look(now);
    const lost = [...this.byRef.values()].flatMap((install) => {
      const since = Math.max(looking, install.seenAt);
      if (!isLost(install, { now, since, patience })) return [];
      return this.put({ ...install, lostSince: silentSince(install, since) }, now, now);
    });
    if (lost.length > 0) this.version += 1;
    return lost;
  }

  private haveMac(ref: Ref, mac: string, now: number): Ref[] {
    return this.change(ref, now, (install) => ({ ...install, mac }));
  }

  private answered(now: number): void {
    if (this.lost !== null) this.back = now;
    this.lost = null;
  }

  private replaceAll(event: Extract<FleetEvent, { type: 'all' }>, now: number): Ref[] {
    const { vms, started, clockAhead } = event;
    this.answered(now);
    this.clockAhead = clockAhead;
    this.started.replace(started);
    const there = new Set(vms.map(({ ref }) => ref));
    const gone = [...this.byRef.keys()].filter((ref) => !there.has(ref));
    for (const ref of gone) this.forget(ref);
    // What has changed while nobody looked has changed nobody knows when.
    for (const vm of vms) this.put(this.updated(vm, now), now, null);
    for (const ref of there) this.catchUp(ref, now);
    return [...gone, ...there];
  }

  /** What was said while the record did not tell yet that the installer was started counts now that it does. */
  private catchUp(ref: Ref, now: number): Ref[] {
    const install = this.byRef.get(ref);
    const host = install === undefined || !isFired(install.state) ? null : this.started.latest(install.vm);
    const said = host === null ? [] : this.ahead.take(ref, { host, here: host - this.clockAhead }, now);
    if (said.length > 0) this.change(ref, now, (one) => hearAgain(one, said));
    return install === undefined ? [] : [ref];
  }

  private change(ref: Ref, now: number, edit: (install: Install) => Install): Ref[] {
    const install = this.byRef.get(ref);
    return install === undefined ? [] : this.put(edit(install), now, now);
  }

  /** `witnessed`: when a change of the state was seen to happen; null where it may have been at any time before. */
  private put(install: Install, now: number, witnessed: number | null): Ref[] {
    const { vm } = install;
    const before = this.byRef.get(vm.ref);
    if (before?.vm !== vm) this.started.know(vm);
    const timed = this.timed(install, before, now, before === undefined ? null : witnessed);
    const look = { now, witnessed: witnessed !== null, ahead: this.clockAhead };
    const notes = notesAfter(before, timed, look);
    const put = notes === timed.notes ? timed : { ...timed, notes };
    this.byRef.set(vm.ref, put);
    if (before?.vm !== vm || before.mac !== put.mac) this.senders.know(put);
    return [vm.ref];
  }

  /** With the times that the host tells, by our clock. */
  private timed(install: Install, before: Install | undefined, now: number, witnessed: number | null): Install {
    const { vm, times } = install;
    const seen = seenState(install, now);
    const same = before !== undefined && seenState(before, now) === seen;
    const started = this.started.of(vm);
    const told = {
      ...times,
      armed: before?.vm === vm ? times.armed : markTime(vm, 'armed', this.clockAhead),
      started: started === null ? null : started - this.clockAhead,
    };
    const since = knownSince(install, told, seen, this.clockAhead);
    return { ...install, times: { ...told, state: since ?? (same ? before.times.state : witnessed) } };
  }

  /** What was said then is known, or was said of an earlier install: armed or started since, or nobody knows. */
  private isOver(ref: Ref, at: number): boolean {
    const times = this.byRef.get(ref)?.times;
    if (at <= (this.recalled.get(ref) ?? 0) + blur) return true;
    const began = Math.max(times?.armed ?? 0, times?.started ?? 0);
    return began === 0 || at < began;
  }

  private forget(ref: Ref): boolean {
    const install = this.byRef.get(ref);
    if (install !== undefined) this.started.forget(install.vm);
    this.senders.forget(ref);
    this.recalled.delete(ref);
    return this.byRef.delete(ref);
  }

  private updated(vm: Vm, now: number): Install {
    const before = this.byRef.get(vm.ref);
    const state = stateOf(vm, this.rules);
    if (before !== undefined) return seenAgain(before, vm, state, now);
    const first = seenFirst(vm, this.macs.get(vm.ref) ?? '', state, now);
    if (isUntouched(state)) return first;
    const install = withLearned(first, this.recall(vm.record.uuid), this.started.of(vm), now);
    this.recalled.set(vm.ref, install.times.heard ?? 0);
    return install;
  }
}
