import { type Binding, type Layer, type Reduced, stay } from './binding.ts';
import { span } from './lines.ts';
import { keepSelection, type ListState, type Move, move, tickAll, tickRange, toggleTick, untickAll } from './list.ts';
import { editText, textField } from './text-field.ts';

/** Where a list is in a state, and the ids of its rows as the filter leaves them. */
export interface ListAt<State> {
  readonly list: (state: State) => ListState;
  readonly put: (state: State, list: ListState) => State;
  readonly ids: (state: State) => readonly string[];
  /** How many rows are in sight, where that is known. */
  readonly page?: (state: State) => number;
}

/** Keys that move, in a list as in a text. */
export const moves: readonly (readonly [keys: readonly [string, ...string[]], step: Move, help: string])[] = [
  [['up', 'k'], 'up', 'one up'],
  [['down', 'j'], 'down', 'one down'],
  [['pageup'], 'pageup', 'a page up'],
  [['pagedown'], 'pagedown', 'a page down'],
  [['home', 'g'], 'home', 'the first one'],
  [['end', 'G'], 'end', 'the last one'],
];

/** The keys that move in a list. */
export function listKeys<State>(at: ListAt<State>): readonly Binding<State, never>[] {
  return moves.map(([keys, step, help]) => ({
    keys,
    label: 'move',
    help,
    hidden: true,
    movement: true,
    run: (state) => stay(at.put(state, move(at.list(state), step, at.ids(state), at.page?.(state)))),
    ...(step === 'home' ? { rows: (state: State) => at.ids(state).length } : {}),
  }));
}

/** The key that opens the filter of a list. */
export function filterKey<State>(at: ListAt<State>, help: string, hidden = false): Binding<State, never> {
  return {
    keys: ['/'],
    label: 'filter',
    help,
    hidden,
    run: (state) => {
      const list = at.list(state);
      return stay(at.put(state, { ...list, typing: textField(list.filter) }));
    },
  };
}

/** A list whose rows can be ticked, to be worked on together. */
export interface TicksAt<State> {
  /** Why a row cannot be ticked; null: it can. */
  readonly reason?: (state: State, id: string) => string | null;
  /** What one key ticks: all rows that are shown, where nothing else is said. */
  readonly all?: (state: State) => readonly string[];
  readonly allHelp: string;
  /** For the footer; without it the key is in the help only. */
  readonly allLabel?: string;
}

/** The keys that tick rows. */
export function tickKeys<State>(at: ListAt<State>, ticks: TicksAt<State>): readonly Binding<State, never>[] {
  const reason = (state: State, id: string | null): string | null =>
    id === null ? 'Nothing is selected.' : (ticks.reason?.(state, id) ?? null);
  return [
    {
      keys: ['space'],
      label: 'tick',
      help: 'tick or untick it, and one down',
      disabled: (state) =>
        at.list(state).ticked.has(at.list(state).selected ?? '') ? null : reason(state, at.list(state).selected),
      run: (state) => {
        const { selected } = at.list(state);
        if (selected === null) return stay(state);
        return stay(at.put(state, move(toggleTick(at.list(state), selected), 'down', at.ids(state))));
      },
    },
    {
      keys: ['V'],
      label: 'tick to here',
      help: 'tick all from the one ticked last to this one',
      hidden: true,
      run: (state) => {
        const may = (id: string): boolean => reason(state, id) === null;
        return stay(at.put(state, tickRange(at.list(state), at.ids(state), may)));
      },
    },
    {
      keys: ['*'],
      label: ticks.allLabel ?? 'tick all',
      help: ticks.allHelp,
      hidden: ticks.allLabel === undefined,
      run: (state) => stay(at.put(state, tickAll(at.list(state), ticks.all?.(state) ?? at.ids(state)))),
    },
  ];
}

/**
 * What lies over a list: the filter while it is typed; else, while the list is filtered or has ticks, the Esc that
 * undoes this first, before it leaves the list. `quiet`: something else is shown in its place, and Esc is not for it.
 */
export function filterLayers<State>(state: State, at: ListAt<State>, quiet = false): readonly Layer<State, never>[] {
  const { typing, filter, ticked } = at.list(state);
  if (typing !== null) return [filterLayer(at)];
  if (quiet) return [];
  if (filter !== '') return [escapeLayer('show all', 'show all rows again', (now) => filtered(now, at, ''))];
  if (ticked.size > 0)
    return [escapeLayer('untick', 'untick all rows', (now) => at.put(now, untickAll(at.list(now))))];
  return [];
}

const escapeLayer = <State>(label: string, help: string, run: (state: State) => State): Layer<State, never> => ({
  clear: true,
  keys: [{ keys: ['escape'], label, help, run: (state) => stay(run(state)) }],
});

function filterLayer<State>(at: ListAt<State>): Layer<State, never> {
  const close = (state: State): State => at.put(state, { ...at.list(state), typing: null });
  return {
    keys: [
      {
        keys: ['enter'],
        label: 'keep',
        help: 'keep the filter and go back to the list',
        run: (state) => stay(close(state)),
      },
      {
        keys: ['escape'],
        label: 'clear',
        help: 'show all again',
        run: (state) => stay(filtered(close(state), at, '')),
      },
    ],
    typed: (state, key): Reduced<State, never> => {
      const typing = editText(at.list(state).typing ?? textField(''), key);
      if (typing === null) return stay(state);
      return stay(filtered(at.put(state, { ...at.list(state), typing }), at, typing.value));
    },
    message: (state) => [
      span(' filter: ', 'accent'),
      span(at.list(state).typing?.value ?? ''),
      span(' ', 'plain', { inverse: true }),
    ],
  };
}

/** Another filter; the selection stays where it is still to be seen. */
export function filtered<State>(state: State, at: ListAt<State>, filter: string): State {
  const next = at.put(state, { ...at.list(state), filter });
  return at.put(next, keepSelection(at.list(next), at.ids(next)));
}
