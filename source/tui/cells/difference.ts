import { move, Pen, type Position } from './pen.ts';
import { blankRow, type Cell, lookOf, type Row, sameCell, space, written } from './row.ts';
import { plain, type Style } from './style.ts';

export interface Written {
  readonly text: string;
  readonly at: Position | null;
}

/**
 * What turns one screen into the other, and where it leaves the cursor; the style is plain before and after. Only
 * cells that differ are written, and what lies between two of them where that is shorter than a jump.
 */
export function difference(
  before: readonly Row[],
  after: readonly Row[],
  width: number,
  at: Position | null,
): Written {
  const pen = new Pen(at, width);
  for (const [index, row] of cursorLast(after)) {
    const old = before[index] ?? blankRow;
    if (row === old) continue;
    if (row.doubtful || old.doubtful) rewrite(pen, index, old, row);
    else update(pen, index, old.cells, row.cells);
  }
  pen.become(plain);
  return { text: pen.text, at: pen.at };
}

/**
 * The rows with a reversed cell come last. There the text cursor is, or the line that one is on: where the hidden
 * cursor of the terminal then stays, the next letter needs no jump, and a magnifier finds it.
 */
function cursorLast(rows: readonly Row[]): (readonly [number, Row])[] {
  const all = [...rows.entries()];
  const marked = ([, { cells }]: readonly [number, Row]): boolean => cells.some(({ style }) => style.inverse);
  return [...all.filter((one) => !marked(one)), ...all.filter(marked)];
}

/** From the first difference on the row is written anew: no terminal's idea of a width is trusted. */
function rewrite(pen: Pen, index: number, old: Row, row: Row): void {
  const length = Math.max(old.cells.length, row.cells.length);
  let first = 0;
  while (first < length && sameCell(old.cells[first] ?? space, row.cells[first] ?? space)) first += 1;
  if (first === length) return;
  // A cluster that differs begins in its first column in both.
  while (first > 0 && (old.cells[first]?.text === '' || row.cells[first]?.text === '')) first -= 1;
  pen.goTo(index, first);
  pen.eraseRest();
  for (let column = first; column < row.cells.length; column += 1) {
    const cell = row.cells[column] ?? space;
    if (cell.text === '') continue;
    pen.goTo(index, column);
    if (row.doubtful && !isAscii(cell.text)) pen.putDoubtful(cell);
    else pen.put(cell);
  }
}

/** From so many blanks on, erasing is shorter. */
const eraseLength = 3;

const isAscii = (text: string): boolean => /^[ -~]$/.test(text);

function update(pen: Pen, index: number, old: readonly Cell[], row: readonly Cell[]): void {
  const end = row.length;
  let column = 0;
  while (column < Math.max(end, old.length)) {
    if (sameCell(old[column] ?? space, row[column] ?? space)) {
      column += 1;
      continue;
    }
    if (column >= end && old.length - column >= eraseLength) {
      // All from the end of the row on is blank: it can be erased from where the cursor is.
      const here = pen.at?.row === index && pen.at.column >= end && pen.at.column <= column;
      if (!here) pen.goTo(index, column);
      pen.eraseRest();
      return;
    }
    reach(pen, index, column, row);
    pen.put(row[column] ?? space);
    column += 1;
  }
}

/** To a column of the row: by a jump, or by writing what lies before it once more. */
function reach(pen: Pen, index: number, column: number, row: readonly Cell[]): void {
  const { at, style } = pen;
  if (at?.row === index && at.column < column) {
    const between = Array.from({ length: column - at.column }, (_, i) => row[at.column + i] ?? space);
    const next = row[column] ?? space;
    const jump = move(at, { row: index, column }) + written(next, style);
    if (bytesOf([...between, next], style) <= Buffer.byteLength(jump)) {
      for (const cell of between) pen.put(cell);
      return;
    }
  }
  pen.goTo(index, column);
}

function bytesOf(cells: readonly Cell[], from: Style): number {
  let bytes = 0;
  let style = from;
  for (const cell of cells) {
    bytes += Buffer.byteLength(written(cell, style));
    style = lookOf(cell, style);
  }
  return bytes;
}
