import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readSecret } from '../../source/commands/ask.ts';

// A terminal in raw mode hands over bytes, in whatever pieces: what was typed is read, and a Ctrl-C never becomes a login.

beforeEach(() => {
  vi.spyOn(process, 'kill').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What is read when these chunks come, each in a round of its own; "interrupted" when Ctrl-C ends it. */
async function typed(chunks: readonly Buffer[]): Promise<string | null> {
  const input = Object.assign(new EventEmitter(), {
    readableEnded: false,
    setRawMode: () => input,
    resume: () => input,
    pause: () => input,
  });
  const read = readSecret(
    'Password:',
    { input: input as never, output: { write: () => true } },
    new AbortController().signal,
  );
  for (const chunk of chunks) {
    input.emit('data', chunk);
    await Promise.resolve();
  }
  input.emit('end');
  return read.catch((error: unknown) => (error instanceof Error ? 'interrupted' : ''));
}

const inPieces = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [
    0,
    ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b),
    bytes.length,
  ];
  return places.slice(1).map((end, i) => bytes.subarray(places[i] ?? 0, end));
};

const key = fc.constantFrom(
  'a',
  'ä',
  '✓',
  ' ',
  '7',
  '\u001b[A',
  '\u001bOB',
  '\u001b[6~',
  '\u001b',
  '\u007f',
  '\u0015',
  '\t',
);
const keys = fc.array(key, { maxLength: 8 }).map((all) => all.join(''));
const enter = fc.constantFrom('\r', '\n', '\r\n');
const cuts = fc.array(fc.nat(200), { maxLength: 12 });

test('a Ctrl-C before Enter never becomes a line, however the bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(keys, keys, enter, keys, cuts, async (before, between, end, after, places) => {
      const bytes = Buffer.from(`x${before}\u0003${between}${end}${after}`);
      expect(await typed(inPieces(bytes, places))).toBe('interrupted');
      expect(process.kill).toHaveBeenLastCalledWith(process.pid, 'SIGINT');
    }),
  );
});

test('without one the line is the same, however the bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(keys, enter, cuts, async (line, end, places) => {
      const bytes = Buffer.from(`${line}${end}`);
      expect(await typed(inPieces(bytes, places))).toBe(await typed([bytes]));
    }),
  );
});

test.each([
  ['a line', 'geheim\r', 'geheim'],
  ['mended', 'geheinm\u007f\u007fm\r', 'geheim'],
  ['begun anew', 'falsch\u0015geheim\n', 'geheim'],
  ['with arrows', 'ge\u001b[Dheim\u001bOC\r', 'geheim'],
  ['Enter and Ctrl-C in one piece', 'geheim\r\u0003', 'interrupted'],
  ['Ctrl-D alone', '\u0004', null],
  ['the end of the input', 'geh', null],
])('%s', async (_, bytes, line) => {
  expect(await typed([Buffer.from(bytes)])).toBe(line);
});
