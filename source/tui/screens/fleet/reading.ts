import { type PagerState, pagerAtEnd, pagerAtStart } from '../../kit/pager.ts';

/** Where one is in the panes that are read. */
export interface Reading {
  /** The VM they are of: of another one, one reads from the start. */
  readonly of: string | null;
  readonly details: PagerState;
  readonly log: PagerState;
}

export const startReading = (of: string | null): Reading => ({ of, details: pagerAtStart, log: pagerAtEnd });
