import { bodySize, frame } from '../../app/frame.ts';
import { tableNeed } from './columns.ts';
import { type FleetScene, fleetInstalls } from './state.ts';

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

/** Columns of the table and of what is beside it, at least; the table has no use for more than the most. */
const table = { least: 88, most: 112 } as const;
const leastBeside = 48;

/** The table has the columns that its names and tasks need, while the panes beside it can be read. */
export function layoutOf(
  scene: FleetScene,
  { width, height, aloud = false }: Pane & { readonly aloud?: boolean },
): Layout {
  if (width + frame.columns < wide || aloud) {
    const whole = { width, height: height - 1 };
    return { sideBySide: false, table: { width, height }, details: whole, log: whole };
  }
  const share = Math.min(table.most, Math.floor(width * 0.58));
  const wanted = Math.max(share, tableNeed(fleetInstalls(scene)));
  const left = Math.max(table.least, Math.min(wanted, width - bar - leastBeside));
  const right = width - left - bar;
  const upper = Math.floor(height * 0.55);
  return {
    sideBySide: true,
    table: { width: left, height },
    details: { width: right, height: upper - 1 },
    log: { width: right, height: height - upper - 1 },
  };
}

/** The same for a whole terminal. */
export const layoutIn = (scene: FleetScene): Layout => layoutOf(scene, bodySize(scene.shared));
