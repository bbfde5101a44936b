import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { classify, HostFailure } from './errors.ts';
import { pause } from './pause.ts';
import { eventRecord, type HostEvent, nothing } from './records.ts';
import type { Session } from './session.ts';

const eventList = z.array(eventRecord);

/**
 * The events of these classes, for ever. Registers before the first full read, or what happens in between would be
 * lost; reads anew when the host has forgotten events. The pool is registered for its heartbeat.
 * Errors: HostFailure (SESSION_INVALID asks for a new login), ConnectionFailure, the signal's reason.
 */
export async function* hostEvents(
  session: Session,
  classes: readonly string[],
  signal: AbortSignal,
  readAll: () => Promise<void>,
): AsyncGenerator<readonly HostEvent[]> {
  await session.call('event.register', [[...classes, 'pool']], nothing, { signal });
  await readAll();
  for (;;) {
    const beat = pause(limits.events.beat, signal);
    try {
      yield await session.call('event.next', [], eventList, { signal, timeout: limits.events.silence });
    } catch (error) {
      if (!(error instanceof HostFailure) || classify(error).kind !== 'events-lost') throw error;
      await readAll();
    }
    // What happens meanwhile comes in one reply: each costs more than the events in it.
    await beat;
    signal.throwIfAborted();
  }
}
