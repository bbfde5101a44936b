import * as z from 'zod';
import { eventRecord, type HostEvent, nothing } from './records.ts';
import type { Session } from './session.ts';

const eventList = z.array(eventRecord);

/**
 * The events of these classes, for ever: event.next of 5.6 blocks without a timeout, so none is set here; xapi
 * wakes it at least twice a minute. Register before the first full read, or what happens in between is lost.
 * Errors: HostFailure (EVENTS_LOST and SESSION_INVALID ask for a full read), WireFailure, the signal's reason.
 */
export async function* hostEvents(
  session: Session,
  classes: readonly string[],
  signal: AbortSignal,
  onRegistered: () => Promise<void>,
): AsyncGenerator<readonly HostEvent[]> {
  await session.call('event.register', [classes], nothing, { signal });
  await onRegistered();
  for (;;) {
    yield await session.call('event.next', [], eventList, { signal, timeout: null });
  }
}
