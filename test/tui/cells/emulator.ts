import headless from '@xterm/headless';
import type { ScreenSize } from '../../../source/tui/cells/canvas.ts';

// A terminal emulator that is told something, and what one then sees of it.

export type Emulator = InstanceType<typeof headless.Terminal>;

export const emulator = ({ columns, rows }: ScreenSize): Emulator =>
  new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 50 });

export const tell = (terminal: Emulator, text: string): Promise<void> =>
  new Promise((resolve) => terminal.write(text, resolve));

/** Text and look of each cell; a cell that was never written is a blank. */
export function cellsOf(terminal: Emulator): string[][] {
  const buffer = terminal.buffer.active;
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.viewportY + row);
    return Array.from({ length: terminal.cols }, (_, column) => {
      const cell = line?.getCell(column);
      if (cell === undefined) return 'none';
      const text = cell.getWidth() === 0 ? 'right half' : cell.getChars() || ' ';
      const seen = text !== ' ' || Boolean(cell.isUnderline() || cell.isInverse() || cell.isStrikethrough());
      // The look of letters is not seen on a blank.
      const look = [
        seen && cell.isBold(),
        seen && cell.isDim(),
        seen && cell.isItalic(),
        cell.isUnderline(),
        cell.isInverse(),
        cell.isStrikethrough(),
        seen && cell.getFgColorMode(),
        seen && cell.getFgColor(),
        cell.getBgColorMode(),
        cell.getBgColor(),
      ];
      return `${text} ${look.map(Number).join(',')}`;
    });
  });
}

/** The same frame on a terminal that shows nothing yet, row by row. */
export async function shownWhole(frame: string, size: ScreenSize): Promise<string[][]> {
  const terminal = emulator(size);
  const rows = frame.split('\n').slice(0, size.rows);
  await tell(terminal, rows.map((row, index) => `\u001b[${index + 1}H${row}\u001b[m`).join(''));
  return cellsOf(terminal);
}
