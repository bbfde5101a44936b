import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../source/limits/limits.ts';
import { hostEvents } from '../../source/xapi/events.ts';
import type { Session } from '../../source/xapi/session.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A host that has an event for the first nine who ask, and how often it was asked. */
function busyHost(): { session: Session; asked: () => number } {
  let asked = 0;
  const session: Session = {
    access: 'read',
    url: new URL('http://127.0.0.1'),
    know: () => {},
    readInJson: () => {},
    ownRecord: () => Promise.reject(new Error('nobody asks')),
    call: async (method, _, result) => {
      if (method === 'event.next') asked += 1;
      if (asked > 9) return new Promise(() => {});
      const event = { id: `${asked}`, class: 'vm', operation: 'mod', ref: `r${asked}` };
      return result.parse(method === 'event.next' ? [event] : '');
    },
    download: () => Promise.reject(new Error('nothing is downloaded')),
    within: () => session,
    login: () => 1,
    renew: async () => {},
    close: async () => {},
  };
  return { session, asked: () => asked };
}

test('the first event is told at once, and a busy host is not asked again before the beat is over', async () => {
  const { session, asked } = busyHost();
  const stop = new AbortController();
  const told: string[] = [];
  const follow = async (): Promise<void> => {
    const options = { classes: ['vm'], signal: stop.signal, by: 'next', readAll: async () => ({}) } as const;
    for await (const events of hostEvents(session, options)) told.push(...events.map(({ ref }) => ref));
  };
  const end = expect(follow()).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['r1']);
  await vi.advanceTimersByTimeAsync(limits.events.beat - 1);
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(['r1', 'r2']);
  stop.abort();
  await end;
  expect(asked()).toBe(2);
});
