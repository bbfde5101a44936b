import { cleanLine, cleanRow, cleanText } from '../../text/clean.ts';
import { fitText, widthOf, wrapText } from '../../text/width.ts';
import type { Glyphs, Tone } from './theme.ts';

/** A stretch of text of one look. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

/** One row of the screen. Screens are functions from state and size to rows; one component prints them. */
export type Line = readonly Span[];

export const span = (text: string, tone: Tone = 'plain', look: Pick<Span, 'bold' | 'inverse'> = {}): Span => ({
  text,
  tone,
  ...look,
});
export const line = (text: string, tone: Tone = 'plain'): Line => [span(text, tone)];
export const title = (text: string): Line => [span(text, 'title', { bold: true })];
export const blank: Line = [];

/** Foreign text on one row. */
export const foreign = (text: string, tone: Tone = 'plain'): Span => span(cleanLine(text), tone);

export const lineWidth = (row: Line): number => row.reduce((sum, { text }) => sum + widthOf(text), 0);

/** Cut or padded to exactly `width` columns; wide characters count two. */
export const toWidth = (text: string, width: number, glyphs: Pick<Glyphs, 'ellipsis'>): string =>
  fitText(text, width, glyphs.ellipsis);

/**
 * A row as it is printed: cut to the width, span by span, and cleaned. Everything on the screen passes here, so that
 * no view can let foreign control codes through.
 */
export function cutLine(raw: Line, width: number, glyphs: Pick<Glyphs, 'ellipsis'>): Line {
  // What was cut before the signs of this terminal were known says so in its own.
  const row = raw.map((part) => ({ ...part, text: cleanRow(part.text).replaceAll('…', glyphs.ellipsis) }));
  if (lineWidth(row) <= width) return row;
  const kept: Span[] = [];
  let room = width;
  for (const part of row) {
    if (widthOf(part.text) <= room) {
      kept.push(part);
      room -= widthOf(part.text);
    } else {
      if (room > 0) kept.push({ ...part, text: toWidth(part.text, room, glyphs) });
      break;
    }
  }
  return kept;
}

/** Text over as many rows as it needs. */
export const wrapped = (text: string, width: number, tone: Tone = 'plain', indent = ''): Line[] =>
  wrapText(cleanText(text), Math.max(1, width - indent.length)).map((part) => line(indent + part, tone));

/** Two columns side by side, for wide screens. */
export function beside(
  left: readonly Line[],
  right: readonly Line[],
  leftWidth: number,
  height: number,
  glyphs: Glyphs,
): Line[] {
  return Array.from({ length: height }, (_, i) => {
    const row = cutLine(left[i] ?? blank, leftWidth, glyphs);
    const pad = ' '.repeat(Math.max(0, leftWidth - lineWidth(row)));
    return [...row, span(`${pad} ${glyphs.bar} `, 'dim'), ...(right[i] ?? blank)];
  });
}

/** How far so many rows can be scrolled; where there is not room for all, a row of it says where one is. */
export const lastScroll = (rows: number, height: number): number => (rows <= height ? 0 : rows - (height - 1));

/** The rows from `scroll` on that fit, with a word when there are more. */
export function scrolled(rows: readonly Line[], scroll: number, height: number): Line[] {
  if (rows.length <= height) return [...rows];
  const room = height - 1;
  const first = Math.max(0, Math.min(scroll, lastScroll(rows.length, height)));
  const shown = rows.slice(first, first + room);
  const last = Math.min(rows.length, first + room);
  return [...shown, line(`${first + 1}-${last} of ${rows.length} lines`, 'dim')];
}

/** The row with the cursor: a bar over its whole width, in one look, so that it is seen without colours, too. */
export const barred = (row: Line, width: number): Line => [
  ...row.map(({ text }) => span(text, 'plain', { bold: true, inverse: true })),
  span(' '.repeat(Math.max(0, width - lineWidth(row))), 'plain', { inverse: true }),
];

/** A bar of `width` cells; `share` from 0 to 1. */
export function bar(share: number, width: number, glyphs: Glyphs): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * width);
  return glyphs.full.repeat(full) + glyphs.empty.repeat(width - full);
}

/** Rows that are no longer news; what they say stands beside them in words, too. */
export const faded = (rows: readonly Line[]): Line[] =>
  rows.map((row) => row.map((part) => ({ ...part, tone: 'dim', bold: false })));

/** A remark that one may pass over. */
export const hint = (text: string): Line => line(text, 'dim');
