import { cutApart } from '../text/apart.ts';
import { cleanLine } from '../text/clean.ts';
import { cutText, fitText, widthOf } from '../text/width.ts';

/** The room of a table. */
export interface TableRoom {
  /** Columns of the terminal; null: nobody looks at a terminal, and what is there is told whole. */
  readonly columns: number | null;
  /** The column with the names: cut, no two of them look alike. */
  readonly names?: number;
  /** The last column goes where there is no room for it. */
  readonly spare?: boolean;
}

/** So much of a name says which it is; and so much of it, and of the last column, stays whatever happens. */
const enough = 20;
const least = 12;

/** Columns that a cell makes all others of its column wait for; a longer one sticks out by itself. */
const longestPad = 80;

/**
 * Columns as wide as their widest cell; the last one is left ragged. Cells are foreign text. For a terminal no row is
 * wider than it.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, names = 0, spare = false }: TableRoom = { columns: null },
): string[] {
  const cells = [head, ...rows].map((row) => row.map(cleanLine));
  const widths = head.map(() => 0);
  for (const row of cells) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  if (columns === null || total(widths) <= columns) return cells.map((row) => lineOf(row, widths));
  const kept = spare ? widths.slice(0, -1) : widths;
  const fitted = narrowed(kept, names, columns);
  const cuts = cutApart(
    cells.slice(1).map((row) => row[names] ?? ''),
    fitted[names] ?? least,
  );
  return cells.map((row) => {
    const cut = row.slice(0, kept.length).map((cell, i) => (i === names ? (cuts.get(cell) ?? cell) : cell));
    return cutText(lineOf([...cut.slice(0, -1), cutText(cut.at(-1) ?? '', fitted.at(-1) ?? least)], fitted), columns);
  });
}

const gap = 2;
const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + gap, -gap);

const lineOf = (row: readonly string[], widths: readonly number[]): string =>
  row
    .map((cell, i) => {
      const width = Math.min(widths[i] ?? 0, longestPad);
      return i === row.length - 1 || widthOf(cell) > width ? cell : fitText(cell, width);
    })
    .join(' '.repeat(gap))
    .trimEnd();

/** What is too much comes off the names while they can be told apart, then off the last column; the others are words of ours. */
function narrowed(widths: readonly number[], names: number, columns: number): number[] {
  const fitted = [...widths];
  const last = widths.length - 1;
  for (const [column, floor] of [
    [names, enough],
    [last, least],
    [names, least],
  ] as const) {
    const width = fitted[column] ?? 0;
    fitted[column] = Math.min(width, Math.max(floor, width - Math.max(0, total(fitted) - columns)));
  }
  return fitted;
}
