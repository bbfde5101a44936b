import type { View } from '../kit/binding.ts';
import { type Line, wrapped } from '../kit/lines.ts';
import type { Glyphs } from '../kit/theme.ts';
import { bodyRows, footRow, frame, headRows, messageRow } from './frame.ts';
import { keysNow, stackOf, topmost } from './layers.ts';
import type { Mounted } from './mount.ts';
import type { HasShared } from './shared.ts';

export const least = { columns: 80, rows: 24 } as const;

/** All that one sees, as values: while it stays the same, nothing is drawn. */
export interface Picture {
  readonly head: readonly Line[];
  readonly body: View;
  readonly foot: readonly Line[];
}

/** What a state looks like in a terminal of this size. */
export function pictureOf<State extends HasShared>(
  screens: readonly Mounted<State>[],
  state: State,
  columns: number,
  rows: number,
  glyphs: Glyphs,
): Picture {
  if (columns < least.columns || rows < least.rows) {
    const text = `xenfai needs ${least.columns}x${least.rows}; the terminal is ${columns}x${rows}.`;
    return { head: wrapped(text, columns, 'warn').slice(0, rows), body: { rows: [] }, foot: [] };
  }
  const size = { width: columns - frame.columns, height: bodyRows(state.shared, rows), glyphs };
  const whole = { ...size, width: columns };
  const stack = stackOf(screens, state);
  const { shared } = state;
  const body = topmost(stack, 'view')?.(state, size) ?? { rows: [] };
  return {
    head: headRows(screens, shared, whole),
    body: { ...body, rows: body.rows.slice(0, size.height) },
    foot: [messageRow(shared, topmost(stack, 'message')?.(state) ?? []), footRow(keysNow(stack), state, whole)],
  };
}
