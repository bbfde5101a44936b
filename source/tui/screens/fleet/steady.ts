import type { Install } from '../../../watch/install.ts';
import { memoLast } from '../../kit/memo.ts';

/** The order of the rows as it was when a key last moved the cursor. */
export interface Held {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** By reference. */
  readonly places: ReadonlyMap<string, number>;
}

/** Milliseconds that the rows stay where they are after such a key: who presses it again means the row below. */
const holdFor = 3000;

const isHeld = (held: Held | null, now: number): held is Held => held !== null && now - held.since < holdFor;

/** The rows stay where they are from now on; where they stay already, for longer. */
export const hold = (held: Held | null, rows: readonly Install[], now: number): Held => ({
  since: now,
  places: isHeld(held, now) ? held.places : new Map(rows.map(({ vm }, index) => [vm.ref, index])),
});

const inPlaces = memoLast((rows: readonly Install[], places: Held['places']): readonly Install[] =>
  // What came in the meantime stands behind them.
  rows.toSorted((a, b) => (places.get(a.vm.ref) ?? places.size) - (places.get(b.vm.ref) ?? places.size)),
);

/** The rows in their order; while they are held, in the order they had. */
export const steady = (rows: readonly Install[], held: Held | null, now: number): readonly Install[] =>
  isHeld(held, now) ? inPlaces(rows, held.places) : rows;
