import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

// Text is measured in the columns a terminal gives it: a CJK character takes two, a combining mark none.

const plain = /^[\x20-\x7e]*$/;

/** Columns that a text takes on a terminal. Most text is ASCII: a column a letter, and that is known faster. */
export const widthOf = (text: string): number => (plain.test(text) ? text.length : stringWidth(text));

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
