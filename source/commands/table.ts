import { cutApart } from '../text/apart.ts';
import { cleanLine } from '../text/clean.ts';
import { cutText, fitText, widthOf, wrapText } from '../text/width.ts';

/** The room of a table. */
export interface TableRoom {
  /** Columns of the terminal; null: nobody looks at a terminal, and what is there is told whole. */
  readonly columns: number | null;
  /** The column with the names: cut, no two of them look alike. */
  readonly names?: number;
  /** Columns that go where there is no room for all, in this order. */
  readonly spare?: readonly number[];
  /** Where the last cell of a row does not fit beside the others it stands whole in rows below; else it is cut. */
  readonly below?: boolean;
}

/** So much of a name says which it is; and so much of it, and of the last column, stays whatever happens. */
const enough = 20;
const least = 12;

/** Before what stands below. */
const indent = '    ';

/** Columns that a cell makes all others of its column wait for; a longer one sticks out by itself. */
const longestPad = 80;

/**
 * Columns as wide as their widest cell; the last one is left ragged. Cells are foreign text. For a terminal no row is
 * wider than it.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  room: TableRoom = { columns: null },
): string[] {
  const cells = [head, ...rows].map((row) => row.map(cleanLine));
  const widths = head.map(() => 0);
  for (const row of cells) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  const { columns } = room;
  if (columns === null || total(widths) <= columns) return cells.map((row) => lineOf(row, widths));
  return fitted(cells, widths, { ...room, columns });
}

function fitted(
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  { columns, names = 0, spare = [], below = false }: TableRoom & { readonly columns: number },
): string[] {
  const gone = new Set<number>();
  const without = <T>(row: readonly T[]): T[] => row.filter((_, i) => !gone.has(i));
  // What stands below the others needs no more room than its head.
  const needed = below ? widths.with(-1, widthOf(cells[0]?.at(-1) ?? '')) : widths;
  for (const column of spare) if (total(without(needed)) > columns) gone.add(column);
  const name = names - [...gone].filter((column) => column < names).length;
  const kept = narrowed(without(needed), name, columns);
  const cuts = cutApart(
    cells.slice(1).map((row) => row[names] ?? ''),
    kept[name] ?? least,
  );
  return cells.flatMap((all) => {
    const row = without(all).map((cell, i) => (i === name ? (cuts.get(cell) ?? cell) : cell));
    const [last = '', ...first] = [row.at(-1), ...row.slice(0, -1)];
    if (below && total([...kept.slice(0, -1), widthOf(last)]) > columns)
      return [
        cutText(lineOf(first, kept), columns),
        ...wrapText(last, columns - indent.length).map((part) => indent + part),
      ];
    return [cutText(lineOf([...first, below ? last : cutText(last, kept.at(-1) ?? least)], kept), columns)];
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
