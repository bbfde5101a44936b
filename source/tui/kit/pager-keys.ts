import { type Binding, type Layer, type Reduced, stay } from './binding.ts';
import { span } from './lines.ts';
import { moves } from './list-keys.ts';
import { lookFor, movePager, nextHit, type PagerState, type Pages } from './pager.ts';
import { editText, textField } from './text-field.ts';

/** Where a pager is in a state, and the text it shows. */
export interface PagerAt<State> {
  readonly pager: (state: State) => PagerState;
  readonly put: (state: State, pager: PagerState) => State;
  readonly pages: (state: State) => Pages;
}

/** The keys that scroll a text and look for something in it. */
export function pagerKeys<State>(at: PagerAt<State>): readonly Binding<State, never>[] {
  const edit = (state: State, change: (pager: PagerState, pages: Pages) => PagerState): Reduced<State, never> =>
    stay(at.put(state, change(at.pager(state), at.pages(state))));
  const hitKey = (key: string, by: 1 | -1, label: string, help: string): Binding<State, never> => ({
    keys: [key],
    label,
    help,
    disabled: (state) => (at.pager(state).find === '' ? 'Nothing is looked for: / begins.' : null),
    run: (state) => edit(state, (pager, pages) => nextHit(pager, by, pages)),
  });
  return [
    ...moves.map(
      ([keys, step, help]): Binding<State, never> => ({
        keys,
        label: 'scroll',
        help,
        hidden: step !== 'up',
        movement: true,
        disabled: (state) => {
          const { rows, height } = at.pages(state);
          return rows.length <= height ? 'All of it is in sight.' : null;
        },
        run: (state) => edit(state, (pager, pages) => movePager(pager, step, pages)),
      }),
    ),
    {
      keys: ['/'],
      label: 'find',
      help: 'search for what you type; n and N go to the next and the previous hit',
      run: (state) => edit(state, (pager) => ({ ...pager, typing: textField('') })),
    },
    hitKey('n', 1, 'next', 'the next hit'),
    hitKey('N', -1, 'before', 'the hit before'),
  ];
}

/** The layer over a pager while one types what to look for; none at other times. */
export function findLayers<State>(state: State, at: PagerAt<State>): readonly Layer<State, never>[] {
  if (at.pager(state).typing === null) return [];
  const close = (now: State, find: string): Reduced<State, never> =>
    stay(at.put(now, { ...at.pager(now), typing: null, find }));
  return [
    {
      keys: [
        {
          keys: ['enter'],
          label: 'keep',
          help: 'keep it, and back to the text',
          run: (now) => close(now, at.pager(now).find),
        },
        { keys: ['escape'], label: 'clear', help: 'stop searching', run: (now) => close(now, '') },
      ],
      typed: (now, key) => {
        const pager = at.pager(now);
        const typing = editText(pager.typing ?? textField(''), key);
        return stay(typing === null ? now : at.put(now, lookFor(pager, typing, at.pages(now))));
      },
      message: (now) => [
        span(' find: ', 'accent'),
        span(at.pager(now).typing?.value ?? ''),
        span(' ', 'plain', { inverse: true }),
      ],
    },
  ];
}
