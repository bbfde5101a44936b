import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

// Text is measured in the columns a terminal gives it: a CJK character takes two, a combining mark none.

const plain = /^[\x20-\x7e]*$/;

/** What was measured last: a screen is drawn from the same words again and again. */
const measured = new Map<string, number>();
const mostMeasured = 2000;
const longestKept = 80;

/** Columns that a text takes on a terminal. Of ASCII it is known at once; the rest is measured once. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  const known = measured.get(text);
  if (known !== undefined) return known;
  const width = stringWidth(text);
  if (measured.size >= mostMeasured) measured.clear();
  if (text.length <= longestKept) measured.set(text, width);
  return width;
}

/** Lines of at most `width` columns, broken at blanks; a longer word is broken where it must be. Nothing is lost. */
export function wrapText(text: string, width: number): string[] {
  const flowing = text.replace(/\s+/g, ' ').trim();
  return wrapAnsi(flowing, Math.max(1, width), { hard: true }).split('\n');
}

/** At most `width` columns; what is cut ends with the ellipsis. */
export function cutText(text: string, width: number, ellipsis = '…'): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(ellipsis);
  return room < 0 ? '' : sliceAnsi(text, 0, room) + ellipsis;
}

/** Cut or padded to exactly `width` columns. */
export function fitText(text: string, width: number, ellipsis = '…'): string {
  const cut = cutText(text, width, ellipsis);
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)));
}
