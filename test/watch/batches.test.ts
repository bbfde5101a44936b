import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Batches } from '../../source/watch/batches.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what comes after a rest is told at once, and a hundred changes within a beat together', () => {
  const told: number[][] = [];
  const batches = new Batches<number>({ beat: 50, first: 0 }, (batch) => told.push([...batch]));
  batches.add([1]);
  batches.add([2]);
  vi.advanceTimersByTime(0);
  expect(told).toEqual([[1, 2]]);
  for (let i = 0; i < 100; i += 1) {
    batches.add([i % 10]);
    if (i === 49) vi.advanceTimersByTime(49);
  }
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(told.slice(1)).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
  vi.advanceTimersByTime(1000);
  expect(told).toHaveLength(2);
  batches.add([7]);
  vi.advanceTimersByTime(0);
  expect(told.slice(2)).toEqual([[7]]);
});

test('the first change can wait for others, and none of them is news, too', () => {
  const told: number[][] = [];
  const batches = new Batches<number>({ beat: 50, first: 50 }, (batch) => told.push([...batch]));
  batches.add([]);
  vi.advanceTimersByTime(49);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([[]]);
});

test('once closed it tells nothing', () => {
  const told: number[] = [];
  const batches = new Batches<number>({ beat: 50, first: 0 }, () => told.push(1));
  batches.add([1]);
  batches.close();
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([]);
});
