import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { awaited, noBytes, takeBytes, timeIsOver } from '../../source/tui/app/key-bytes.ts';
import { openKeyboard } from '../../source/tui/app/keyboard.ts';

// A slow line cuts keys in two and joins what several keys send; every key comes out whole, and none is lost.

const escapeKey = '\u001b[27u';

function feed(...chunks: string[]): { told: string; waits: ReturnType<typeof awaited>; slow: boolean } {
  let bytes = noBytes;
  let told = '';
  for (const chunk of chunks) {
    const [next, whole] = takeBytes(bytes, chunk);
    bytes = next;
    told += whole;
  }
  return { told, waits: awaited(bytes), slow: bytes.slow };
}

test.each([
  ['an arrow', ['\u001b[B'], '\u001b[B', null],
  ['an arrow in two', ['\u001b', '[B'], '\u001b[B', null],
  ['an arrow in three', ['\u001b', '[', 'B'], '\u001b[B', null],
  ['with its parameters', ['\u001b[1', ';5', 'C'], '\u001b[1;5C', null],
  ['of application mode', ['\u001b', 'OA'], '\u001bOA', null],
  ['a function key of the console', ['\u001b[', '[A'], '\u001b[[A', null],
  ['Alt and an arrow', ['\u001b', '\u001b[A'], '\u001b\u001b[A', null],
  ['five Downs in one', ['\u001b[B'.repeat(5)], '\u001b[B'.repeat(5), null],
  ['the end of one and the beginning of the next', ['\u001b[B\u001b', '[B'], '\u001b[B\u001b[B', null],
  ['Escape and a letter that a slow line joined', ['\u001bq'], `${escapeKey}q`, null],
  ['Escape, and a letter at once', ['\u001b', 'q'], `${escapeKey}q`, null],
  ['two Escapes and a letter', ['\u001b\u001bq'], `${escapeKey}${escapeKey}q`, null],
  ['nothing but an Escape', ['\u001b'], '', 'escape'],
  ['a sequence without its end', ['\u001b[1;'], '', 'sequence'],
  ['a letter beyond ASCII, cut', ['\xc3', '\xa4'], '\xc3\xa4', null],
  ['a paste, its marks cut', ['\u001b[20', '0~a\u001b[2', '01~b'], '\u001b[200~a\u001b[201~b', null],
  ['a paste with an Escape in it', ['\u001b[200~a\u001b', 'b\u001b[201~'], '\u001b[200~a\u001bb\u001b[201~', null],
  ['a paste that goes on', ['\u001b[200~a\u001b'], '\u001b[200~a', null],
] as const)('%s', (_, chunks, told, waits) => {
  expect(feed(...chunks)).toMatchObject({ told, waits });
});

const keys = fc.array(
  fc.constantFrom(
    ...['a', ' ', '\r', '\t', '\u007f', '\u0003', '\xc3\xa4', '\xe2\x9d\xaf', '\u001b[A', '\u001b[B', '\u001b[6~'],
    ...['\u001b[1;2B', '\u001bOH', '\u001b[27u', '\u001b[200~x\ny\u001bz\u001b[201~', '\u001bq'],
  ),
  { maxLength: 40 },
);

test('wherever a line cuts, the same keys come out', () => {
  fc.assert(
    fc.property(keys, fc.array(fc.nat(12), { maxLength: 60 }), (pressed, lengths) => {
      const bytes = pressed.join('');
      const chunks: string[] = [];
      let at = 0;
      for (const length of lengths) {
        chunks.push(bytes.slice(at, at + length));
        at += length;
      }
      chunks.push(bytes.slice(at));
      expect(feed(...chunks).told).toBe(feed(bytes).told);
      expect(feed(bytes).told).toBe(bytes.replaceAll('\u001bq', `${escapeKey}q`));
    }),
  );
});

describe('when its time is over', () => {
  test('an Escape is a key', () => {
    const [after, told] = timeIsOver(takeBytes(noBytes, '\u001b')[0]);
    expect(told).toBe(escapeKey);
    expect(takeBytes(after, 'B')[1]).toBe('B');
  });

  test('the rest of an arrow key is no text, and the line is known to be slow', () => {
    const [after] = timeIsOver(takeBytes(noBytes, '\u001b')[0]);
    const [next, told] = takeBytes(after, '[Bx');
    expect(told).toBe('x');
    expect(next.slow).toBe(true);
    expect(takeBytes(next, '[B')[1]).toBe('[B');
  });

  test('the beginning of a sequence is nothing', () => {
    const [after, told] = timeIsOver(takeBytes(noBytes, '\u001b[1')[0]);
    expect([told, awaited(after)]).toEqual(['', null]);
  });
});

test('an Escape after which a letter came soon does not make the line a slow one', () => {
  expect(feed('\u001b', 'q').slow).toBe(false);
  expect(feed('\u001b', '[B').slow).toBe(true);
});

describe('the keyboard', () => {
  afterEach(() => void vi.useRealTimers());

  const terminal = () =>
    Object.assign(new EventEmitter(), {
      pause: vi.fn(),
      setRawMode: vi.fn(),
      ref: vi.fn(),
      unref: vi.fn(),
    }) as unknown as NodeJS.ReadStream & { setRawMode: ReturnType<typeof vi.fn> };

  test('waits for the rest of a key, a hundred milliseconds and more, and tells an Escape that stays alone', () => {
    vi.useFakeTimers();
    const from = terminal();
    const keyboard = openKeyboard(from);
    from.emit('data', Buffer.from('\u001b'));
    vi.advanceTimersByTime(100);
    from.emit('data', Buffer.from('[B'));
    expect(String(keyboard.read())).toBe('\u001b[B');
    from.emit('data', Buffer.from('\u001b'));
    vi.advanceTimersByTime(10_000);
    expect(String(keyboard.read())).toBe(escapeKey);
  });

  test('lets go of the terminal', () => {
    const from = terminal();
    const keyboard = openKeyboard(from);
    keyboard.setRawMode(true);
    expect(from.setRawMode).toHaveBeenCalledWith(true);
    keyboard.release();
    expect(from.listenerCount('data')).toBe(0);
  });
});
