import { type Binding, type Layer, type Reduced, stay } from './binding.ts';
import { span } from './lines.ts';
import { keepSelection, type ListState, type Move, move } from './list.ts';
import { editText, textField } from './text-field.ts';

/** Where a list is in a state, and the ids of its rows as the filter leaves them. */
export interface ListAt<State> {
  readonly list: (state: State) => ListState;
  readonly put: (state: State, list: ListState) => State;
  readonly ids: (state: State) => readonly string[];
}

const moves: readonly (readonly [keys: readonly [string, ...string[]], step: Move, help: string])[] = [
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
    run: (state) => stay(at.put(state, move(at.list(state), step, at.ids(state)))),
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

/** The layer over a list while its filter is typed; none at other times. */
export function filterLayers<State>(state: State, at: ListAt<State>): readonly Layer<State, never>[] {
  return at.list(state).typing === null ? [] : [filterLayer(at)];
}

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
function filtered<State>(state: State, at: ListAt<State>, filter: string): State {
  const next = at.put(state, { ...at.list(state), filter });
  return at.put(next, keepSelection(at.list(next), at.ids(next)));
}
