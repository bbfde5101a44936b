import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMark, markKeys, markNames, readMark, staleMarks } from '../../source/boot/marks.ts';

const mark = { vm: 'u1', run: 'r', at: '2010-11-15T10:53:00.000Z', by: 'me@here', release: 'lenny' };

describe('marks', () => {
  test('are read by their own VM only', () => {
    const words = { 'xenfai:armed': formatMark(mark) };
    expect(readMark(words, 'armed', 'u1')).toEqual(mark);
    expect(readMark(words, 'armed', 'u2')).toBeNull();
    expect(staleMarks(words, 'u2')).toEqual(['xenfai:armed']);
    expect(staleMarks(words, 'u1')).toEqual([]);
  });

  test.each(['', '{', 'null', '[]', '7', '{"vm":"u1"}', '{"vm":"u1","at":"never"}', '{"vm":"u1","at":7}'])(
    'damaged: %s',
    (text) => {
      expect(readMark({ 'xenfai:armed': text }, 'armed', 'u1')).toBeNull();
      expect(staleMarks({ 'xenfai:armed': text }, 'u1')).toEqual(['xenfai:armed']);
    },
  );

  test('a field of the wrong kind is absent, the rest counts', () => {
    const text = JSON.stringify({ ...mark, run: 7, args: ['x'], code: 'many', more: 'unknown' });
    expect(readMark({ 'xenfai:failed': text }, 'failed', 'u1')).toEqual({ ...mark, run: '' });
  });

  test('a failure keeps task, code and the beginning of its text', () => {
    const failed = { ...mark, task: 'partition', code: 710, text: 'é'.repeat(5000) };
    const words = { 'xenfai:failed': formatMark(failed) };
    expect(readMark(words, 'failed', 'u1')).toEqual({ ...failed, text: 'é'.repeat(200) });
  });

  test('a value stays below 8 KiB, and what is written is read', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(3000), fc.constantFrom(...markNames), (piece, times, name) => {
        const text = formatMark({ ...mark, args: `€${piece}`.repeat(times) });
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8192);
        expect(readMark({ [markKeys[name]]: text }, name, 'u1')?.at).toBe(mark.at);
      }),
    );
  });
});
