import type { Terminal } from '../test/end-to-end/terminal.ts';
import type { BenchmarkRow } from './measure.ts';

/** What one sees of each cell, a string each; the look of letters is not seen on a blank. */
function cellsOf({ emulator }: Terminal): string[][] {
  return Array.from({ length: emulator.rows }, (_, row) => {
    const line = emulator.buffer.active.getLine(emulator.buffer.active.viewportY + row);
    return Array.from({ length: emulator.cols }, (_, column) => {
      const cell = line?.getCell(column);
      const text = cell?.getChars() || ' ';
      if (cell === undefined || (text === ' ' && !cell.isInverse())) return ' ';
      return `${text} ${[cell.isBold(), cell.isDim(), cell.isInverse(), cell.getFgColor(), cell.getFgColorMode()]}`;
    });
  });
}

const textOf = (cell: string): string => [...cell][0] ?? ' ';

/**
 * The least a terminal must be told to get from one screen to the other: for each row that differs, a jump to the
 * first changed cell (7 bytes as CSI row;column H), the text of the changed cells, and for each gap between two of
 * them its text or a jump of 4 bytes; blanks to the end of a row are erased (3 bytes). Colours are free, but a cell
 * that changes its colour must be told.
 */
function leastBytes(before: readonly string[][], after: readonly string[][]): number {
  let bytes = 0;
  for (const [index, row] of after.entries()) {
    const old = before[index] ?? [];
    const changed = row.flatMap((cell, column) => (cell === old[column] ? [] : [column]));
    const end = row.findLastIndex((cell) => cell !== ' ') + 1;
    const tail = changed.filter((column) => column >= end).length;
    let last: number | null = null;
    for (const column of changed.filter((one) => one < end)) {
      const gap =
        last === null
          ? ''
          : row
              .slice(last + 1, column)
              .map(textOf)
              .join('');
      bytes +=
        (last === null ? 7 : Math.min(4, Buffer.byteLength(gap))) + Buffer.byteLength(textOf(row[column] ?? ' '));
      last = column;
    }
    if (tail > 0) bytes += (last === null ? 7 : 0) + Math.min(3, tail);
  }
  return bytes;
}

/** Until nothing was drawn for a while: what is counted must belong to the key. */
export async function quiet(terminal: Terminal): Promise<void> {
  for (let bytes = -1; bytes !== terminal.bytes; ) {
    bytes = terminal.bytes;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Bytes that somebody's act costs on the screen, and the least they could be. */
export async function bytesOf(
  terminal: Terminal,
  act: () => void | Promise<void>,
  wanted: RegExp,
): Promise<{ ours: number; least: number }> {
  await quiet(terminal);
  const before = cellsOf(terminal);
  const bytes = terminal.bytes;
  await act();
  await terminal.shows(wanted);
  await quiet(terminal);
  return { ours: terminal.bytes - bytes, least: leastBytes(before, cellsOf(terminal)) };
}

export const bytesRow = (what: string, { ours, least }: { ours: number; least: number }): BenchmarkRow => ({
  what,
  ours: `${ours} B`,
  theirs: `${least} B`,
  ratio: `${(ours / least).toFixed(2)}x`,
  rival: 'smallest difference of the two screens, without colours',
  goal: null,
});
