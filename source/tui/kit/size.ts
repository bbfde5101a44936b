import type { Glyphs } from './theme.ts';

/** What a view has room for, and the signs it may use. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly glyphs: Glyphs;
  /** It is read to somebody, row by row: rows of a table are numbered, and fields are asked for one by one. */
  readonly aloud?: boolean;
}
