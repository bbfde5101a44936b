import { type Binding, type Reduced, stay } from './binding.ts';
import type { ListState } from './list.ts';
import { type ListAt, listKeys } from './list-keys.ts';
import { type MenuItem, menuOf } from './menu.ts';

/** Where a menu is in a state, its lines, and what choosing one does. */
export interface MenuAt<State, Command> {
  readonly list: (state: State) => ListState;
  readonly put: (state: State, list: ListState) => State;
  readonly items: (state: State) => readonly MenuItem[];
  readonly choose: (state: State, value: string) => Reduced<State, Command>;
  readonly help: string;
}

/** The keys of a menu: the moves of a list, Enter, and a digit for each of the first nine lines. */
export function menuKeys<State, Command>(menu: MenuAt<State, Command>): readonly Binding<State, Command>[] {
  const at: ListAt<State> = { ...menu, ids: (state) => menu.items(state).map(({ value }) => value) };
  const current = (state: State): string => {
    const items = menu.items(state);
    return items[menuOf(items, menu.list(state)).at]?.value ?? '';
  };
  return [
    ...listKeys(at),
    {
      keys: ['enter'],
      label: 'choose',
      help: menu.help,
      run: (state) => menu.choose(state, current(state)),
    },
    {
      keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
      label: 'choose',
      help: 'the line of this number',
      hidden: true,
      run: (state, { name }) => {
        const item = menu.items(state)[Number(name) - 1];
        if (item === undefined) return stay(state);
        return menu.choose(menu.put(state, { ...menu.list(state), selected: item.value }), item.value);
      },
    },
  ];
}
