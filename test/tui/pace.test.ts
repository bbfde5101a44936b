import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paced } from '../../source/tui/app/pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first is done at once, those after it in one, and the last is never lost', () => {
  const work = vi.fn();
  const { ask, stop } = paced(30, work);
  ask();
  expect(work).toHaveBeenCalledTimes(1);
  ask();
  ask();
  ask();
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(30);
  expect(work).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(2);
  ask();
  ask();
  expect(work).toHaveBeenCalledTimes(3);
  stop();
  vi.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(3);
});
