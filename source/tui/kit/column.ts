// The declaration of a table's columns: plain data and functions.

/** Columns on the terminal; one that is as wide as its longest cell, up to `most`, or takes a share of the table. */
type ColumnWidth = number | { readonly least: number; readonly most: number; readonly share?: number };

/** One column of a table. `Around` is what the cells need besides their row: the time, the ticked rows. */
export interface Column<Row, Around = void> {
  readonly head: string;
  /** Left out: all the room that is left. Only the last column may do so. */
  readonly width?: ColumnWidth;
  /** The cell as text. It may hold foreign text: whoever prints it cleans it. */
  readonly cell: (row: Row, around: Around) => string;
  /** Shown only where there is room for it beside the others; the lower number first. */
  readonly spare?: number;
  /** Of a spare one: what the last column keeps beside it, though it would take more. */
  readonly leaves?: number;
  /** What the rows are put in order by, the smallest first; equal ones stay by name. */
  readonly sort?: (row: Row, around: Around) => number;
}
