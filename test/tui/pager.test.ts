import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foreign, type Line, span } from '../../source/tui/kit/lines.ts';
import type { Move } from '../../source/tui/kit/list.ts';
import {
  lookFor,
  movePager,
  nextHit,
  type PagerState,
  pagerAtEnd,
  pagerAtStart,
  pagerRows,
  positionText,
} from '../../source/tui/kit/pager.ts';
import { textField } from '../../source/tui/kit/text-field.ts';

const pages = (count: number, height: number) => ({
  rows: Array.from({ length: count }, (_, index): Line => [span('row '), foreign(String(index + 1))]),
  height,
});
const shown = (pager: PagerState, count: number, height: number): string[] =>
  pagerRows(pager, pages(count, height)).map((row) => row.map(({ text }) => text).join(''));
const moved = (pager: PagerState, ...steps: Move[]): PagerState =>
  steps.reduce((now, step) => movePager(now, step, pages(100, 10)), pager);

describe('a log', () => {
  test('follows its end until one scrolls up, and again once one is there', () => {
    expect(shown(pagerAtEnd, 100, 10).at(-1)).toBe('row 100');
    expect(shown(pagerAtEnd, 101, 10).at(-1)).toBe('row 101');
    const up = moved(pagerAtEnd, 'up');
    expect(shown(up, 100, 10).at(-1)).toBe('row 99');
    expect(shown(up, 200, 10).at(-1)).toBe('row 99');
    expect(moved(up, 'end').top).toBeNull();
    expect(moved(up, 'down').top).toBeNull();
  });

  test.each<[Move[], string]>([
    [[], 'following'],
    [['up'], 'lines 90-99 of 100'],
    [['pageup'], 'lines 82-91 of 100'],
    [['home'], 'lines 1-10 of 100'],
    [['home', 'up'], 'lines 1-10 of 100'],
    [['home', 'pagedown'], 'lines 10-19 of 100'],
    [['home', 'end'], 'following'],
  ])('%j: %s', (steps, text) => {
    expect(positionText(moved(pagerAtEnd, ...steps), pages(100, 10), true)).toBe(text);
  });

  test('what is looked for comes into sight, inverse, from hit to hit and around the end', () => {
    const all = pages(100, 10);
    const found = lookFor(moved(pagerAtEnd, 'home'), textField('ROW 5'), all);
    expect([found.hit, positionText(found, all, true)]).toEqual([4, 'lines 1-10 of 100, hit 1 of 11']);
    const next = nextHit(found, 1, all);
    expect(shown(next, 100, 10)).toContain('row 50');
    expect(nextHit(found, -1, all).hit).toBe(58);
    const inverse = pagerRows(found, all).flatMap((row) => row.filter((part) => part.inverse === true));
    // Across the spans of a row.
    expect(inverse.map(({ text }) => text)).toEqual(['row ', '5']);
    expect(positionText(lookFor(pagerAtEnd, textField('no'), all), all, true)).toBe('following, not found');
  });
});

test('every row of a text can be reached, whatever its size, and no row is lost or doubled by marking', () => {
  const steps = fc.array(fc.constantFrom<Move>('up', 'down', 'pageup', 'pagedown', 'home', 'end'), { maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 20 }), steps, (count, height, walk) => {
      const all = pages(count, height);
      const pager = walk.reduce((now, step) => movePager(now, step, all), pagerAtStart);
      const marked = lookFor(pager, textField('w 1'), all);
      expect(shown({ ...pager, find: 'w 1' }, count, height)).toEqual(shown(pager, count, height));
      expect(shown(marked, count, height)).toHaveLength(Math.min(count, height));
      const seen = new Set<string>();
      for (let one: PagerState = movePager(pager, 'home', all), n = 0; n <= count; n += 1) {
        for (const row of shown(one, count, height)) seen.add(row);
        one = movePager(one, 'down', all);
      }
      expect(seen.size).toBe(count);
    }),
  );
});
