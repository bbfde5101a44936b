import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { classify, HostFailure } from './errors.ts';
import { pause } from './pause.ts';
import { eventBatch, eventRecord, type HostEvent, nothing } from './records.ts';
import type { Session } from './session.ts';

export interface EventOptions {
  /** In small letters. */
  readonly classes: readonly string[];
  readonly signal: AbortSignal;
  /** The call that the host is known to have; where it has not after all, the other. */
  readonly by: 'from' | 'next';
  /** Reads everything; gives all that there is of the classes of which none may be missed. */
  readonly readAll: () => Promise<ByClass>;
}

export type ByClass = Readonly<Record<string, readonly string[]>>;

type Batches = AsyncGenerator<readonly HostEvent[], void>;

/** The last login on which events were asked for, by its session. */
const asked = new WeakMap<Session, number>();

/**
 * The events of these classes, for ever, each batch a sign of life, be it empty. What happens while everything is read
 * comes as an event; what the host cannot tell any more is read anew. Errors: HostFailure (SESSION_INVALID asks for a
 * new try), ConnectionFailure, the signal's reason.
 */
export async function* hostEvents(session: Session, options: EventOptions): Batches {
  // A call that was cut waits on in the host, and takes the next events of its session with it, or ends those of the
  // next call (event.next, and event.from up to 6.2; xapi_event.ml): each beginning has a login of its own.
  if (asked.get(session) === session.login()) {
    await session.within({ patience: 0 }).renew(options.signal);
  }
  asked.set(session, session.login());
  const ways = { next: eventsNext, from: eventsFrom };
  try {
    yield* ways[options.by](session, options);
  } catch (error) {
    if (!failedWith(error, 'method-unknown')) throw error;
    yield* ways[options.by === 'next' ? 'from' : 'next'](session, options);
  }
}

const failedWith = (error: unknown, kind: ReturnType<typeof classify>['kind']): boolean =>
  error instanceof HostFailure && classify(error).kind === kind;

const eventList = z.array(eventRecord);

/** What 5.6 has: events are kept for a session, each is told once. The pool is registered for its heartbeat. */
async function* eventsNext(session: Session, { classes, signal, readAll }: EventOptions): Batches {
  // Before the first full read, or what happens in between would be lost.
  await session.call('event.register', [[...classes, 'pool']], nothing, { signal });
  await readAll();
  for (;;) {
    const beat = pause(limits.events.beat, signal);
    try {
      yield await session.call('event.next', [], eventList, { signal, timeout: limits.events.silence });
    } catch (error) {
      if (!failedWith(error, 'events-lost')) throw error;
      await readAll();
    }
    // What happens meanwhile comes in one reply: each costs more than the events in it.
    await beat;
    signal.throwIfAborted();
  }
}

/** Small records of which one was written down a moment ago: their token is as good as the present. */
const lately = ['pool', 'host_metrics'];

/**
 * What has changed since a token, which is a generation of the database. It counts for one run of one xapi: after
 * another login nobody knows whose it is. Deletions are known of some hundred objects only, and of none that came after
 * the token (db_cache_types.ml, Table.remove; xapi_event.ml, from_inner), so that a VM can go without a word: the host
 * counts what there is, and where that is not what is known, everything is read anew.
 */
async function* eventsFrom(session: Session, { classes, signal, readAll }: EventOptions): Batches {
  const ask = (which: readonly string[], token: string, seconds: number) =>
    session.call('event.from', [which, token, seconds], eventBatch, {
      signal,
      timeout: seconds * 1000 + limits.events.late,
    });
  const count = new Count();
  for (;;) {
    const login = session.login();
    // Before the full read, as above.
    let { token } = await ask(lately, '', momentarily);
    count.begin(await readAll());
    for (;;) {
      const beat = pause(limits.events.beat, signal);
      const batch = await ask(classes, token, limits.events.wait).catch((error: unknown) => {
        if (failedWith(error, 'events-lost')) return null;
        throw error;
      });
      if (batch === null || session.login() !== login) break;
      token = batch.token;
      yield batch.events;
      if (!count.agrees(batch.events, batch.valid_ref_counts)) break;
      await beat;
      signal.throwIfAborted();
    }
  }
}

/** Seconds; with a fraction, because an int is no double to xapi. */
const momentarily = 0.1;

/** What is known of some classes, against the number of all that there is. */
class Count {
  private readonly known = new Map<string, Set<string>>();
  /** What a full read does not mend is the host's own way of counting. */
  private accepted = '';
  private unmended = 0;

  begin(all: ByClass): void {
    this.known.clear();
    for (const [name, refs] of Object.entries(all)) this.known.set(name, new Set(refs));
  }

  /** False: something has come or gone without a word. `told`: how many there are after these events. */
  agrees(events: readonly HostEvent[], told: Readonly<Record<string, number>>): boolean {
    for (const { class: name, operation, ref } of events) {
      if (operation === 'del') this.known.get(name)?.delete(ref);
      else this.known.get(name)?.add(ref);
    }
    const surplus = [...this.known].map(([name, { size }]) => size - (told[name] ?? size)).join();
    if (/^[0,]*$/.test(surplus) || surplus === this.accepted) {
      this.unmended = 0;
      return true;
    }
    this.unmended += 1;
    if (this.unmended > limits.events.unmended) this.accepted = surplus;
    return surplus === this.accepted;
  }
}
