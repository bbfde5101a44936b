import { type Binding, stay } from './binding.ts';
import { lastScroll } from './lines.ts';
import type { Move } from './list.ts';
import { moves } from './list-keys.ts';

/** Where a view keeps the number of rows it is scrolled by, and how long its text is. */
export interface ScrollAt<State> {
  readonly scroll: (state: State) => number;
  readonly put: (state: State, scroll: number) => State;
  /** All rows of the text, and those that are in sight. */
  readonly extent: (state: State) => { readonly rows: number; readonly height: number };
}

/** The keys that scroll a text, from its first row to its last and no further. */
export function scrollKeys<State>(at: ScrollAt<State>): readonly Binding<State, never>[] {
  const last = (state: State): number => {
    const { rows, height } = at.extent(state);
    return lastScroll(rows, height);
  };
  const moved = (state: State, step: Move): number => {
    // The terminal may have grown since.
    const now = Math.min(at.scroll(state), last(state));
    // A row says where one is, and one of the page before stays in sight.
    const page = Math.max(1, at.extent(state).height - 2);
    const to: Record<Move, number> = {
      up: now - 1,
      down: now + 1,
      pageup: now - page,
      pagedown: now + page,
      home: 0,
      end: last(state),
    };
    return Math.max(0, Math.min(last(state), to[step]));
  };
  return moves.map(([keys, step, help]) => ({
    keys,
    label: 'scroll',
    help,
    hidden: step !== 'up',
    movement: true,
    disabled: (state) => (last(state) === 0 ? 'All of it is in sight.' : null),
    run: (state) => stay(at.put(state, moved(state, step))),
  }));
}
