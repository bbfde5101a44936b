import type { Verdict } from '../boot/marks.ts';
import type { MonitorMessage } from '../fai/monitor-message.ts';
import type { Host } from '../hosts/host.ts';
import { limits } from '../limits/limits.ts';
import { type LearnedStore, noLearned } from '../settings/learned.ts';
import type { Transport } from '../transport/transport.ts';
import type { Ref } from '../xapi/records.ts';
import { Batches } from './batches.ts';
import type { DiskNews } from './disks.ts';
import { type Fleet, type FleetEvent, FleetFold } from './fleet.ts';
import { verdictOf } from './install.ts';
import { followInventory } from './inventory.ts';
import { Learner } from './learning.ts';
import { followLoads } from './loads.ts';
import { type Listening, receiveMessages } from './monitor-receiver.ts';

export type { Listening } from './monitor-receiver.ts';

export interface WatchOptions {
  readonly host: Host;
  readonly transport: Transport;
  /** Null: nobody asks for FAI's messages. */
  readonly monitorPort: number | null;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** What was learned of installs before, and where it is kept for those who look next. */
  readonly learned?: LearnedStore;
  /** Milliseconds without a sign of life until an install is lost. Absent: whoever asks judges it. */
  readonly patience?: number;
  /** The signal that ends the present pause before a new try. */
  readonly hurry?: () => AbortSignal;
  /** What has changed since the last time, some twenty times a second at most. */
  readonly onChange: (fleet: Fleet, changed: ReadonlySet<Ref>) => void;
  /** Somebody shows disks of VMs. */
  readonly onDisks?: (news: readonly DiskNews[]) => void;
  /** Something was proven that is not on record yet: told once. */
  readonly onVerdict: (ref: Ref, verdict: Verdict) => void;
  /** At the beginning, and whenever it has changed. */
  readonly onListening: (listening: Listening) => void;
}

/** Milliseconds between two changes that are told. */
const beat = 40;

/** Milliseconds between two looks for signs of life. */
const lookEvery = 5000;

/**
 * Everything there is to see of a host's VMs, folded once and told in batches: what the screen and the command line
 * both read. Goes on until the signal ends it. Errors of the host that no new try can mend are thrown.
 */
export async function watchFleet(options: WatchOptions): Promise<void> {
  const { host, transport, monitorPort, now, signal, hurry, onChange, onDisks, onVerdict, onListening } = options;
  const { learned = noLearned, patience } = options;
  const { rules } = await host.facts();
  const fold = new FleetFold(rules, learned.recall);
  const learner = new Learner(learned);
  const learn = (refs: Iterable<Ref>): void => {
    for (const ref of refs) {
      const install = fold.snapshot().byRef.get(ref);
      if (install !== undefined) learner.learn(install, fold.startedAt(install.vm));
    }
  };
  const told = new Map<Ref, string>();
  const batches = new Batches<Ref>({ beat, first: 0 }, (batch) => {
    if (!signal.aborted) onChange(fold.snapshot(), batch);
  });
  const lessons = new Batches<Ref>({ beat: limits.learned.beat, first: limits.learned.beat }, learn);
  const look = (): void => {
    const lost = patience === undefined ? [] : fold.look(now(), patience);
    if (lost.length > 0) batches.add(lost);
  };
  const take = (events: readonly FleetEvent[], at = now()): void => {
    const changed = events.flatMap((event) => fold.fold(event, at));
    batches.add(changed);
    lessons.add(changed);
    for (const ref of changed) tellVerdict(ref);
  };
  const takeMessage = (message: MonitorMessage, at: number): void =>
    take([{ type: 'message', message, late: now() - at > limits.watch.late }], at);
  // Nobody can say whose a message is before the VMs and their cards are known.
  let early: { readonly message: MonitorMessage; readonly at: number }[] | null = [];
  const hear = (message: MonitorMessage, age: number): void => {
    const at = now() - age;
    if (early === null) takeMessage(message, at);
    else if (early.length < limits.watch.early) early.push({ message, at });
  };
  const takeInventory = (events: readonly FleetEvent[]): void => {
    take(events);
    if (early === null || !events.some(({ type }) => type === 'macs')) return;
    const waiting = early;
    early = null;
    for (const { message, at } of waiting) takeMessage(message, at);
  };
  /**
   * Of each install the same verdict once: it takes a moment until the record shows it, and while another process writes
   * its own there is none for a moment. What the next install comes to is news again.
   */
  const tellVerdict = (ref: Ref): void => {
    const install = fold.snapshot().byRef.get(ref);
    const verdict = install === undefined ? null : verdictOf(install);
    const word = verdict === null ? '' : `${verdict.verdict} ${install?.vm.record.domid}`;
    if (word !== '' && told.get(ref) !== word) {
      told.set(ref, word);
      if (verdict !== null) onVerdict(ref, verdict);
    } else if (install?.state.state === 'armed' || install?.state.state === 'half-armed') told.delete(ref);
  };

  // The port is given back also when the host ends it.
  const end = new AbortController();
  const heard =
    monitorPort === null
      ? null
      : receiveMessages(transport, monitorPort, {
          onMessage: hear,
          onListening,
          signal: AbortSignal.any([signal, end.signal]),
        });
  const looks = setInterval(look, lookEvery);
  try {
    const loads = followLoads(host, () => fold.snapshot().byRef.values(), now, signal, take);
    const follow = { signal, tell: takeInventory, tellDisks: onDisks, hurry };
    await Promise.all([followInventory(host, follow), loads]);
  } finally {
    clearInterval(looks);
    batches.close();
    lessons.close();
    learn(fold.snapshot().byRef.keys());
    end.abort();
    await heard;
  }
}
