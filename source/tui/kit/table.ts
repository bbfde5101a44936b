import { cleanLine } from '../../text/clean.ts';
import { cutText, fitText, widthOf } from '../../text/width.ts';
import type { Column } from './column.ts';
import { cutLine, type Line, lineWidth, span, toWidth } from './lines.ts';
import { windowOf } from './list.ts';
import type { Size } from './size.ts';
import type { Tone } from './theme.ts';

/** How a column looks on the screen; one without a look is plain text. */
export interface Look<Row, Around> {
  readonly tone?: (row: Row, around: Around, selected: boolean) => Tone;
  readonly bold?: (selected: boolean) => boolean;
  /** Instead of its text: spans, in the room that it has. */
  readonly draw?: (row: Row, around: Around, room: number, size: Size) => Line;
}

export type ScreenColumn<Row, Around> = Column<Row, Around> & Look<Row, Around>;

interface Table<Row, Around> {
  readonly columns: readonly ScreenColumn<Row, Around>[];
  readonly rows: readonly Row[];
  readonly around: Around;
  /** Which row has the cursor; -1: none. */
  readonly at: number;
  readonly heads: boolean;
  /** Columns that the last one has at least. */
  readonly rest?: number;
}

/** A table as rows of the screen: only those around the cursor that fit are made. */
export function tableRows<Row, Around>(table: Table<Row, Around>, size: Size): Line[] {
  const { columns, rows, around, at, heads } = table;
  const { glyphs } = size;
  const widths = widthsOf(table, size.width);
  const [first, end] = windowOf(rows.length, Math.max(0, at), Math.max(1, size.height - (heads ? 1 : 0)));
  const shown = rows.slice(first, end).map((row, index): Line => {
    const selected = first + index === at;
    const cells = columns.flatMap((column, place): Line => {
      const room = widths[place] ?? 0;
      const gap = place === 0 ? '' : ' ';
      const { draw, tone, bold } = column;
      // Nothing stands behind the last column: it needs no blanks.
      const last = place === columns.length - 1;
      if (draw !== undefined) {
        const drawn = cutLine(draw(row, around, room, size), room, glyphs);
        return [span(gap), ...drawn, span(last ? '' : ' '.repeat(Math.max(0, room - lineWidth(drawn))))];
      }
      const text = (last ? cutText : fitText)(cleanLine(column.cell(row, around)), room, glyphs.ellipsis);
      return [span(gap + text, tone?.(row, around, selected) ?? 'plain', { bold: bold?.(selected) ?? false })];
    });
    return [span(selected ? `${glyphs.pointer} ` : '  ', 'accent'), ...cells];
  });
  if (!heads) return shown;
  const head = columns.map((column, place) => toWidth(column.head, widths[place] ?? 0, glyphs)).join(' ');
  return [[span(`  ${head}`, 'dim')], ...shown];
}

const marker = 2;

/** Fixed columns first; one that follows its cells has what is left beside the room kept for the last. */
function widthsOf<Row, Around>({ columns, rows, around, rest = 0 }: Table<Row, Around>, total: number): number[] {
  const gaps = marker + columns.length - 1;
  const fixed = columns.reduce((sum, { width }) => sum + (typeof width === 'number' ? width : 0), 0);
  const widths = columns.map((column) => {
    const { width } = column;
    if (typeof width === 'number') return width;
    if (width === undefined) return null;
    const { least, most, share } = width;
    if (share !== undefined) return Math.max(least, Math.min(most, Math.floor(total * share)));
    return Math.max(least, Math.min(most, total - gaps - fixed - rest, widest(column, rows, around)));
  });
  const taken = widths.reduce<number>((sum, width) => sum + (width ?? 0), gaps);
  return widths.map((width) => width ?? Math.max(0, total - taken));
}

/** Measured once for the same rows: a fleet of thousands is drawn once a second. */
const measured = new WeakMap<readonly unknown[], Map<string, number>>();

function widest<Row, Around>(column: Column<Row, Around>, rows: readonly Row[], around: Around): number {
  const known = measured.get(rows) ?? new Map<string, number>();
  measured.set(rows, known);
  const before = known.get(column.head);
  if (before !== undefined) return before;
  const width = rows.reduce((most, row) => Math.max(most, widthOf(cleanLine(column.cell(row, around)))), 0);
  known.set(column.head, width);
  return width;
}
