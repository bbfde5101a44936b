import { describe, expect, test } from 'vitest';
import { bodySize, footRow } from '../../source/tui/app/frame.ts';
import { keysNow, topmost } from '../../source/tui/app/layers.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { at, play, result, say, stack } from './play.ts';

// Texts that are longer than the screen: they end where they end, and where all is in sight no key scrolls.

const rows = (state: AppState): string[] =>
  (topmost(stack(state), 'view')?.(state, bodySize(state.shared)).rows ?? []).map((row) =>
    row.map(({ text }) => text).join(''),
  );
const footer = (state: AppState): string =>
  footRow(keysNow(stack(state)), state, { ...bodySize(state.shared), width: 200 })
    .map(({ text }) => text)
    .join('');

/** A check with so many findings. */
const checked = (count: number): AppState => {
  const findings = Array.from({ length: count }, (_, index) => ({
    severity: 'info' as const,
    code: 'x',
    message: `finding ${index}`,
  }));
  return play(at('verify'), say.verify({ type: 'verified', result: { ...result, ok: true, findings } })).state;
};

const long: readonly (readonly [string, AppState])[] = [
  ['a check', checked(60)],
  ['the keys of the fleet', play(at('fleet'), '?').state],
  ['the words', play(at('verify'), 'ctrl-g').state],
];

describe.each(long)('%s', (_, state) => {
  const end = play(state, 'end').state;

  test('goes to its end and no further: the first key back is felt', () => {
    const beyond = play(state, ...Array.from({ length: 30 }, () => 'pagedown'), 'down').state;
    expect(rows(beyond)).toEqual(rows(end));
    expect(rows(beyond).at(-1)).toMatch(/^\d+-(\d+) of \1 lines$/);
    expect(rows(play(beyond, 'up').state)).not.toEqual(rows(end));
  });

  test('moves by all keys that move', () => {
    expect(rows(end)).not.toEqual(rows(state));
    expect(rows(play(state, 'G').state)).toEqual(rows(end));
    for (const key of ['home', 'g']) expect(rows(play(end, key).state)).toEqual(rows(state));
    // A row of the page before stays in sight.
    expect(rows(play(state, 'pagedown').state)).toContain(rows(state).at(-2));
  });

  test('keeps its place sensible when the terminal grows', () => {
    const large = play(end, { type: 'window', window: { columns: 80, rows: 34 } }).state;
    expect(rows(play(large, 'up').state)).not.toEqual(rows(large));
  });
});

test('the footer offers it only where there is more than one sees, and the key says why', () => {
  expect(footer(checked(60))).toContain('scroll');
  const short = checked(0);
  expect(footer(short)).not.toContain('scroll');
  expect(play(short, 'down').state.shared.flash?.text).toBe('All of it is in sight.');
});
