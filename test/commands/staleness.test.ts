import { expect, test } from 'vitest';
import { Staleness } from '../../source/commands/staleness.ts';

const minute = 60_000;
const began = new Date('2026-05-01T10:00:00').getTime();

test('what is told while a host is silent grows old: said at once, then each time its age has doubled, then its end', () => {
  const told: string[] = [];
  const staleness = new Staleness((text) => told.push(text));
  const lost = { reason: 'It refuses connections.', since: began, nextTry: null };
  staleness.take(null, began);
  for (let at = began + 20_000; at < began + 10 * minute; at += 30_000) staleness.take(lost, at);
  staleness.take(null, began + 10 * minute);
  staleness.take(null, began + 11 * minute);
  expect(told).toEqual([
    'xenfai: It refuses connections. What is told is as of 10:00:00; trying again.',
    'xenfai: still no answer; what is told is 1 min old.',
    'xenfai: still no answer; what is told is 2 min old.',
    'xenfai: still no answer; what is told is 4 min old.',
    'xenfai: still no answer; what is told is 8 min old.',
    'xenfai: it answers again; what is told is of now.',
  ]);
});
