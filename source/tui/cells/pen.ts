import { type Cell, lookOf, written } from './row.ts';
import { plain, restyle, type Style, showsOnBlank } from './style.ts';

/** Where the cursor is: both from 0. Unknown after the last column was written, for there terminals differ. */
export interface Position {
  readonly row: number;
  readonly column: number;
}

const csi = (sequence: string): string => `\u001b[${sequence}`;
const many = (count: number, letter: string): string => csi(`${count === 1 ? '' : count}${letter}`);
const shortest = (ways: readonly string[]): string =>
  ways.reduce((best, way) => (way.length < best.length ? way : best));

/** The cheapest way from one cell to another. */
export function move(from: Position | null, to: Position): string {
  const column = to.column + 1;
  const absolute = csi(column === 1 ? `${to.row === 0 ? '' : to.row + 1}H` : `${to.row + 1};${column}H`);
  if (from === null) return absolute;
  const down = to.row - from.row;
  const vertical = down === 0 ? '' : down > 0 ? many(down, 'B') : many(-down, 'A');
  const ways = [absolute, vertical + across(from.column, to.column)];
  // A line feed keeps the column or not, as the line discipline has it: the return makes it certain.
  ways.push(`\r${down > 0 ? shortest(['\n'.repeat(down), vertical]) : vertical}${across(0, to.column)}`);
  return shortest(ways);
}

function across(from: number, to: number): string {
  if (from === to) return '';
  if (to > from) return many(to - from, 'C');
  return shortest(['\b'.repeat(from - to), many(from - to, 'D')]);
}

/** Writes cells, and knows where that leaves the cursor and the style. */
export class Pen {
  text = '';
  style: Style = plain;
  at: Position | null;
  private readonly width: number;

  constructor(at: Position | null, width: number) {
    this.at = at;
    this.width = width;
  }

  goTo(row: number, column: number): void {
    const to = { row, column };
    if (this.at?.row === row && this.at.column === column) return;
    this.text += move(this.at, to);
    this.at = to;
  }

  put(cell: Cell): void {
    this.text += written(cell, this.style);
    this.style = lookOf(cell, this.style);
    if (this.at === null) return;
    const column = this.at.column + 1;
    this.at = column >= this.width ? null : { row: this.at.row, column };
  }

  /** The same for what takes as many columns as each terminal thinks: the next move is absolute. */
  putDoubtful(cell: Cell): void {
    this.put(cell);
    this.at = null;
  }

  become(style: Style): void {
    this.text += restyle(this.style, style);
    this.style = style;
  }

  /** Blanks to the end of the row. Terminals fill it with the background of the moment. */
  eraseRest(): void {
    if (showsOnBlank(this.style)) this.become(plain);
    this.text += csi('K');
  }
}
