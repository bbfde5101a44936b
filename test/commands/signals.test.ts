import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Interrupts, watchSignals } from '../../source/commands/surroundings.ts';

// The signals as Node tells of them; the clock is held.

type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const names: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

let now = 0;
let interrupts: Interrupts;
let strangers: Map<Name, NodeJS.SignalsListener[]>;
const left = vi.fn();

beforeEach(() => {
  now = 1000;
  left.mockReset();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process, 'exit').mockImplementation((code) => left(code) as never);
  strangers = new Map(names.map((name) => [name, process.listeners(name) as NodeJS.SignalsListener[]]));
  for (const name of names) process.removeAllListeners(name);
  interrupts = watchSignals();
});
afterEach(() => {
  for (const name of names) {
    process.removeAllListeners(name);
    for (const listener of strangers.get(name) ?? []) process.on(name, listener);
  }
  vi.restoreAllMocks();
});

/** One signal, so many milliseconds after the one before. */
function comes(name: Name, later = 0): void {
  now += later;
  process.emit(name);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s asks to stop, and is the exit code', async (name, code) => {
  expect(interrupts.code()).toBeNull();
  comes(name);
  await turn();
  expect(interrupts.signal.aborted).toBe(true);
  expect(interrupts.code()).toBe(code);
  expect(left).not.toHaveBeenCalled();
});

test.each([
  ['SIGINT', 'SIGINT', 130],
  ['SIGTERM', 'SIGINT', 130],
  ['SIGHUP', 'SIGTERM', 143],
] as const)('%s and later %s: it leaves at once', (one, other, code) => {
  comes(one);
  comes(other, 200);
  expect(left).toHaveBeenCalledExactlyOnceWith(code);
});

test('what npm passes on of the same Ctrl-C is no second one', () => {
  comes('SIGINT');
  comes('SIGINT', 20);
  expect(left).not.toHaveBeenCalled();
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s and then hang-ups, whenever they come: what was begun is still taken back',
  (name) => {
    comes(name);
    for (const later of [0, 50, 500, 30_000]) comes('SIGHUP', later);
    expect(left).not.toHaveBeenCalled();
  },
);

test('nothing ends while others are still being told: none is let go of in between, and sends it again', async () => {
  const aborted: boolean[] = [];
  process.on('SIGTERM', () => aborted.push(interrupts.signal.aborted));
  comes('SIGTERM');
  await turn();
  expect([...aborted, interrupts.signal.aborted]).toEqual([false, true]);
});
