import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Batches } from '../../source/watch/batches.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a hundred changes within a beat are told once, and each of them is', () => {
  const told: number[][] = [];
  const batches = new Batches<number>(50, (batch) => told.push([...batch]));
  for (let i = 0; i < 100; i += 1) {
    batches.add([i % 10]);
    if (i === 49) vi.advanceTimersByTime(49);
  }
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
  batches.add([]);
  batches.add([7]);
  vi.advanceTimersByTime(50);
  expect(told.slice(1)).toEqual([[7]]);
});

test('once closed it tells nothing', () => {
  const told: number[] = [];
  const batches = new Batches<number>(50, () => told.push(1));
  batches.add([1]);
  batches.close();
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([]);
});
