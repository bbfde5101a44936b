import { cutApart } from '../../text/apart.ts';
import { cleanLine } from '../../text/clean.ts';
import { cutText, fitText, widthOf } from '../../text/width.ts';
import type { Column } from './column.ts';
import { barred, cutLine, type Line, lineWidth, span, toWidth } from './lines.ts';
import { windowOf } from './list.ts';
import { memoLast } from './memo.ts';
import type { Size } from './size.ts';
import type { Glyphs, Tone } from './theme.ts';

/** How a column looks on the screen; one without a look is plain text. */
export interface Look<Row, Around> {
  readonly tone?: (row: Row, around: Around) => Tone;
  /** Instead of its text: spans, in the room that it has. */
  readonly draw?: (row: Row, around: Around, room: number, size: Size) => Line;
}

export type ScreenColumn<Row, Around> = Column<Row, Around> & Look<Row, Around>;

interface Table<Row extends object, Around> {
  readonly columns: readonly ScreenColumn<Row, Around>[];
  readonly rows: readonly Row[];
  readonly around: Around;
  /** Which row has the cursor; -1: none. */
  readonly at: number;
  readonly heads: boolean;
  /** Columns of the screen that the last one has at least, and how many it can use before spare ones are added. */
  readonly rest?: number;
  readonly use?: number;
  /** The head of the column that gives the order; its head says so. */
  readonly sorted?: { readonly head: string; readonly reversed: boolean };
  readonly isTicked?: (row: Row) => boolean;
}

/** A table as rows of the screen: only those around the cursor that fit are made. */
export function tableRows<Row extends object, Around>(table: Table<Row, Around>, size: Size): Line[] {
  if (size.aloud) return numberedRows(table);
  const { rows, around, at, heads, isTicked } = table;
  const { glyphs, width } = size;
  const fitted = fitColumns(table, size);
  const [first, end] = windowOf(rows.length, Math.max(0, at), Math.max(1, size.height - (heads ? 1 : 0)));
  const shown = rows.slice(first, end).map((row, index): Line => {
    const selected = first + index === at;
    const cells = fitted.flatMap(({ column, room, texts }, place): Line => {
      const gap = place === 0 ? '' : ' ';
      // Nothing stands behind the last column: it needs no blanks.
      const last = place === fitted.length - 1;
      if (column.draw !== undefined) {
        const drawn = cutLine(column.draw(row, around, room, size), room, glyphs);
        return [span(gap), ...drawn, span(last ? '' : ' '.repeat(Math.max(0, room - lineWidth(drawn))))];
      }
      const text = cleanLine(column.cell(row, around));
      const fits = (last ? cutText : fitText)(texts?.get(text) ?? text, room, glyphs.ellipsis);
      return [span(gap + fits, column.tone?.(row, around) ?? 'plain')];
    });
    const marks = `${selected ? glyphs.pointer : ' '}${isTicked?.(row) ? glyphs.ticked : ' '}`;
    const line = [span(marks, 'accent'), ...cells];
    return selected ? barred(line, width) : line;
  });
  return heads ? [headOf(table, fitted, glyphs), ...shown] : shown;
}

/** Rows that somebody can still listen to; of more, those around the cursor. */
const listened = 20;

/** Each row as a sentence with its number. */
function numberedRows<Row extends object, Around>(table: Table<Row, Around>): Line[] {
  const { columns, rows, around, at, heads, isTicked } = table;
  const [first, end] = windowOf(rows.length, Math.max(0, at), listened);
  return rows.slice(first, end).map((row, index): Line => {
    const cells = columns.flatMap(({ head, cell, spare }, place) => {
      const text = cleanLine(cell(row, around));
      if (text === '' || spare !== undefined) return [];
      return [place === 0 || !heads ? text : `${head.toLowerCase()} ${text}`];
    });
    return [span(`${first + index + 1}. ${cells.join(', ')}${isTicked?.(row) ? ', ticked' : ''}`)];
  });
}

/** A column in the room it has, with the cells that had to be cut. */
interface Fitted<Row, Around> {
  readonly column: ScreenColumn<Row, Around>;
  readonly room: number;
  readonly texts: ReadonlyMap<string, string> | null;
}

function headOf<Row extends object, Around>(
  { sorted }: Table<Row, Around>,
  fitted: readonly Fitted<Row, Around>[],
  glyphs: Glyphs,
): Line {
  const cells = fitted.flatMap(({ column: { head }, room }, place): Line => {
    const isSorted = head !== '' && sorted?.head === head;
    const sign = isSorted ? (sorted.reversed ? glyphs.falling : glyphs.rising) : '';
    const gap = span(place === 0 ? '' : ' ');
    return [gap, span(toWidth(head + sign, room, glyphs), isSorted ? 'plain' : 'dim', { bold: isSorted })];
  });
  return [span(' '.repeat(marker)), ...cells];
}

/** For the cursor and the tick. */
export const marker = 2;

/**
 * The columns that there is room for, and how much each has. Those that follow their cells come first: what they need
 * is not cut while there is room; then what is spare, while the last one keeps what it has at least.
 */
function fitColumns<Row extends object, Around>(
  table: Table<Row, Around>,
  { width: total, glyphs }: Size,
): readonly Fitted<Row, Around>[] {
  const { columns, rows, around, rest = 0, use = rest } = table;
  const wanted = (column: ScreenColumn<Row, Around>): number => {
    const { width } = column;
    if (typeof width === 'number') return width;
    if (width === undefined) return rest;
    if (width.share !== undefined) return within(width, Math.floor(total * width.share));
    return within(width, widest(cellsOf(column, rows, around)));
  };
  const spare = columns.filter((column) => column.spare !== undefined);
  const shown = new Set(columns.filter((column) => column.spare === undefined));
  let free = total - marker - [...shown].reduce((sum, column) => sum + wanted(column) + 1, -1);
  for (const column of spare.toSorted((a, b) => (a.spare ?? 0) - (b.spare ?? 0))) {
    const needs = wanted(column) + 1;
    if (needs > free - Math.max(0, Math.min(use, column.leaves ?? use) - rest)) break;
    shown.add(column);
    free -= needs;
  }
  return columns
    .filter((column) => shown.has(column))
    .map((column) => {
      const { width } = column;
      if (width === undefined) return { column, room: Math.max(0, rest + free), texts: null };
      const flexible = typeof width === 'object' && width.share === undefined;
      // What is missing comes off the column that follows its cells.
      const room = flexible && free < 0 ? Math.max(width.least, wanted(column) + free) : wanted(column);
      return { column, room, texts: flexible ? cutCells(cellsOf(column, rows, around), room, glyphs) : null };
    });
}

const within = ({ least, most }: { readonly least: number; readonly most: number }, width: number): number =>
  Math.max(least, Math.min(most, width));

/** A cell as it is printed. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

/** By column and row: a row that has not changed is not read again. */
const read = new WeakMap<object, WeakMap<object, Cell>>();

/** The cells of a column that follows them. They may depend on their rows only. */
function cellsOf<Row extends object, Around>(
  column: Column<Row, Around>,
  rows: readonly Row[],
  around: Around,
): readonly Cell[] {
  const known = read.get(column.cell) ?? new WeakMap<object, Cell>();
  read.set(column.cell, known);
  return rows.map((row) => {
    const before = known.get(row);
    if (before !== undefined) return before;
    const text = cleanLine(column.cell(row, around));
    const cell = { text, width: widthOf(text) };
    known.set(row, cell);
    return cell;
  });
}

const widest = (cells: readonly Cell[]): number => cells.reduce((most, { width }) => Math.max(most, width), 0);

/** While the cells are the same, as they are after nearly every event, they are cut once. */
const cutLines = memoLast((lines: string, room: number, ellipsis: string) =>
  cutApart(lines.split('\n'), room, ellipsis),
);

/** The cells of a column, cut so that no two look the same; null: all of them fit. */
const cutCells = (
  cells: readonly Cell[],
  room: number,
  { ellipsis }: Pick<Glyphs, 'ellipsis'>,
): ReadonlyMap<string, string> | null =>
  widest(cells) <= room ? null : cutLines(cells.map(({ text }) => text).join('\n'), room, ellipsis);
