import { type Binding, stay } from './binding.ts';

/** Where a view keeps the number of rows it is scrolled by. */
interface ScrollAt<State> {
  readonly scroll: (state: State) => number;
  readonly put: (state: State, scroll: number) => State;
}

/** Less than any view has rows, so that a page never skips one. */
const page = 10;

/** The keys that scroll a text. */
export function scrollKeys<State>(at: ScrollAt<State>): readonly Binding<State, never>[] {
  const by = (
    keys: readonly [string, ...string[]],
    rows: number,
    help: string,
    hidden: boolean,
  ): Binding<State, never> => ({
    keys,
    label: 'scroll',
    help,
    hidden,
    movement: true,
    run: (state) => stay(at.put(state, Math.max(0, at.scroll(state) + rows))),
  });
  return [
    by(['up', 'k'], -1, 'scroll up', false),
    by(['down', 'j'], 1, 'scroll down', true),
    by(['pagedown'], page, 'a page down', true),
    by(['pageup'], -page, 'a page up', true),
  ];
}
