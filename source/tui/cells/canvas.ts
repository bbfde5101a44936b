import { difference } from './difference.ts';
import type { Position } from './pen.ts';
import { blankRow, parseRow, type Row } from './row.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** One write of so many bytes reaches the terminal in one piece: there is nothing to synchronise. */
const onePiece = 512;
const beginUpdate = '\u001b[?2026h';
const endUpdate = '\u001b[?2026l';
const eraseAll = '\u001b[m\u001b[H\u001b[J';

/** What a terminal shows, cell by cell, and what it must be told to show the next frame. */
export class Canvas {
  private size: ScreenSize = { columns: 0, rows: 0 };
  private lines: readonly string[] = [];
  private shown: readonly Row[] = [];
  private at: Position | null = null;
  private known = false;

  /** The terminal may show anything from now on: the next frame is drawn whole. */
  forget(): void {
    this.known = false;
  }

  /**
   * Text for the terminal that turns what it shows into this frame: rows of text and SGR sequences. What is larger than
   * the screen is cut. Nothing when it shows the frame already.
   */
  draw(frame: string, { columns, rows: height }: ScreenSize): string {
    // A copy: what tells the size of a terminal tells another one the next time.
    const size: ScreenSize = { columns, rows: height };
    const resized = size.columns !== this.size.columns || size.rows !== this.size.rows;
    if (resized) this.known = false;
    const lines = frame.split('\n').slice(0, size.rows);
    const rows = Array.from({ length: size.rows }, (_, index) => {
      const line = lines[index] ?? '';
      const same = !resized && line === this.lines[index] ? this.shown[index] : undefined;
      return same ?? (line === '' ? blankRow : parseRow(line, size.columns));
    });
    const anew = !this.known;
    const { text, at } = difference(
      anew ? [] : this.shown,
      rows,
      size.columns,
      anew ? { row: 0, column: 0 } : this.at,
    );
    this.size = size;
    this.lines = lines;
    this.shown = rows;
    this.at = at;
    this.known = true;
    const whole = anew ? eraseAll + text : text;
    return whole.length > onePiece ? beginUpdate + whole + endUpdate : whole;
  }
}
