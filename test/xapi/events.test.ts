import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../source/limits/limits.ts';
import { HostFailure } from '../../source/xapi/errors.ts';
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

/** A host with event.from, or without: each answer is a batch, or an error; then it has nothing more to say. */
function telling(answers: readonly (Partial<Batch> | HostFailure)[]) {
  const calls: string[] = [];
  const left = [...answers];
  let logins = 1;
  const session: Session = {
    ...busyHost().session,
    login: () => logins,
    renew: async () => {
      logins += 1;
    },
    within: () => session,
    call: async (method, params, result) => {
      calls.push(
        method === 'event.from' ? `from ${Array.isArray(params[0]) ? params[0].join() : ''} ${params[1]}` : method,
      );
      if (method !== 'event.from') return method === 'event.next' ? new Promise(() => {}) : result.parse('');
      if (String(params[0]).startsWith('pool')) return result.parse({ events: [], token: 'now' });
      const answer = left.shift();
      if (answer === undefined) return new Promise(() => {});
      if (answer instanceof HostFailure) throw answer;
      return result.parse({ events: [], token: `t${answers.length - left.length}`, ...answer });
    },
  };
  return { session, calls, renewed: () => (logins += 1) };
}

interface Batch {
  readonly events: readonly unknown[];
  readonly valid_ref_counts: Readonly<Record<string, string>>;
}

/** What is asked until the host has nothing more to say. */
async function asked(session: Session, by: 'from' | 'next', afterBatch = (): void => {}): Promise<number> {
  const stop = new AbortController();
  let reads = 0;
  const readAll = async () => {
    reads += 1;
    return { vm: ['a', 'b'] };
  };
  const follow = async (): Promise<void> => {
    for await (const _ of hostEvents(session, { classes: ['vm'], signal: stop.signal, by, readAll })) afterBatch();
  };
  const end = follow().catch(() => {});
  await vi.advanceTimersByTimeAsync(60_000);
  stop.abort();
  await Promise.race([end, vi.advanceTimersByTimeAsync(1000)]);
  return reads;
}

const two = { valid_ref_counts: { vm: '2' } };
const three = { valid_ref_counts: { vm: '3' } };
const add = { events: [{ id: '1', class: 'vm', operation: 'add', ref: 'c' }], ...three };

test('the token is that of a moment before everything is read, then that of the last answer', async () => {
  const { session, calls } = telling([two, add]);
  expect(await asked(session, 'from')).toBe(1);
  expect(calls).toEqual(['from pool,host_metrics ', 'from vm now', 'from vm t1', 'from vm t2']);
});

test('a token of another login is not used: everything is read anew', async () => {
  const { session, calls, renewed } = telling([two, two]);
  let first = true;
  const renewOnce = (): void => {
    if (first) renewed();
    first = false;
  };
  expect(await asked(session, 'from', renewOnce)).toBe(2);
  expect(calls.filter((call) => call.startsWith('from pool'))).toHaveLength(2);
});

test('another count means a full read; one that no full read mends is the host’s own way of counting', async () => {
  const { session } = telling([two, three, two]);
  expect(await asked(session, 'from')).toBe(2);
  const stubborn = telling(Array.from({ length: 40 }, () => three));
  expect(await asked(stubborn.session, 'from')).toBe(1 + limits.events.unmended);
});

test('events lost: everything is read anew', async () => {
  const { session } = telling([new HostFailure('event.from', 'EVENTS_LOST', []), two]);
  expect(await asked(session, 'from')).toBe(2);
});

test('a host that does not know event.from after all is asked by event.next', async () => {
  const { session, calls } = telling([new HostFailure('event.from', 'MESSAGE_METHOD_UNKNOWN', ['event.from'])]);
  await asked(session, 'from');
  expect(calls.slice(-2)).toEqual(['event.register', 'event.next']);
});

test('each beginning has a login of its own', async () => {
  const { session } = telling([]);
  await asked(session, 'next');
  expect(session.login()).toBe(1);
  await asked(session, 'next');
  expect(session.login()).toBe(2);
});
