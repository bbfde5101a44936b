import { widthOf } from '../../text/width.ts';
import { plain, restyle, type Style, showsOnBlank, styleWith } from './style.ts';

/** What stands in one column. The right half of a wide character has no text. */
export interface Cell {
  readonly text: string;
  readonly style: Style;
}

/** A row of the screen as cells. Beyond its end it is blank. */
export interface Row {
  readonly cells: readonly Cell[];
  /** Terminals may not agree on the width of something in it: emoji, combining marks, scripts that join. */
  readonly doubtful: boolean;
}

export const space: Cell = { text: ' ', style: plain };
export const blankRow: Row = { cells: [], doubtful: false };

/** Characters that take one column on every terminal, whatever stands beside them. */
export const certain =
  /^[[ -~\u00a1-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2070-\u2328\u232b-\u2bff]--[\u00ad\u2630-\u2637\u268a-\u268f\p{Emoji_Presentation}\p{M}\p{Cn}]]*$/v;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const sgr = /\u001b\[([\d;]*)m/;

/**
 * A row of text with SGR sequences, as cells of at most `width` columns. Nothing but SGR sequences may be in it;
 * Ink leaves no others, and what is printed was cleaned before.
 */
export function parseRow(text: string, width: number): Row {
  const cells: Cell[] = [];
  let style = plain;
  let doubtful = false;
  for (const [index, part] of text.split(sgr).entries()) {
    if (index % 2 === 1) style = styleWith(style, part);
    else if (certain.test(part)) for (const character of part) cells.push(cellOf(character, style));
    else {
      doubtful = true;
      addGraphemes(cells, part, style);
    }
  }
  // A wide character that is cut in half is not shown.
  if (cells.length > width && cells[width]?.text === '')
    cells[width - 1] = { text: ' ', style: cells[width]?.style ?? plain };
  cells.length = Math.min(cells.length, width);
  while (cells.at(-1) === space) cells.pop();
  return { cells, doubtful };
}

function addGraphemes(cells: Cell[], text: string, style: Style): void {
  for (const { segment } of segmenter.segment(text)) {
    const width = widthOf(segment);
    if (width === 0) continue;
    cells.push(cellOf(segment, style));
    for (let more = 1; more < width; more += 1) cells.push({ text: '', style });
  }
}

/** A blank of a look that one does not see is a blank like any other. */
const cellOf = (text: string, style: Style): Cell => (text === ' ' && !showsOnBlank(style) ? space : { text, style });

/** The look in which a cell is written where this one is set: a blank is written in any that one does not see. */
export const lookOf = (cell: Cell, set: Style): Style => (cell === space && !showsOnBlank(set) ? set : cell.style);

/** What writes a cell where the cursor stands. */
export const written = (cell: Cell, set: Style): string => restyle(set, lookOf(cell, set)) + cell.text;

export const sameCell = (a: Cell, b: Cell): boolean => a.text === b.text && a.style === b.style;
