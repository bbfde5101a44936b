import { cleanLine } from '../text/clean.ts';
import { fitText, widthOf } from '../text/width.ts';

/** Columns as wide as their widest cell; the last one is left ragged. Cells are foreign text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(cleanLine));
  const widths = head.map(() => 0);
  for (const row of cells) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  return cells.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : fitText(cell, widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
