import { frame } from '../../app/frame.ts';
import type { Window } from '../../app/shared.ts';

/** From so many columns on, table, details and log stand side by side. */
const wide = 140;

interface Pane {
  readonly width: number;
  readonly height: number;
}

/** Where the panes are. One at a time fills the whole body; heights are without the head of a pane. */
export interface Layout {
  readonly sideBySide: boolean;
  readonly table: Pane;
  readonly details: Pane;
  readonly log: Pane;
}

/** Between the table and what is beside it. */
export const bar = 3;

export function layoutOf({ width, height, aloud = false }: Pane & { readonly aloud?: boolean }): Layout {
  if (width + frame.columns < wide || aloud) {
    const whole = { width, height: height - 1 };
    return { sideBySide: false, table: { width, height }, details: whole, log: whole };
  }
  const table = Math.max(88, Math.min(112, Math.floor(width * 0.58)));
  const right = width - table - bar;
  const upper = Math.floor(height * 0.55);
  return {
    sideBySide: true,
    table: { width: table, height },
    details: { width: right, height: upper - 1 },
    log: { width: right, height: height - upper - 1 },
  };
}

/** The same for a whole terminal. */
export const layoutIn = ({ columns, rows }: Window): Layout =>
  layoutOf({ width: columns - frame.columns, height: rows - frame.rows });
