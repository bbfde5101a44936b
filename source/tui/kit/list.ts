import type { TextField } from './text-field.ts';

/** A list one moves in: the selection is an id, so that it survives whatever happens to the rows. */
export interface ListState {
  readonly selected: string | null;
  readonly filter: string;
  /** The filter while it is being typed. */
  readonly typing: TextField | null;
}

export const emptyList: ListState = { selected: null, filter: '', typing: null };

/** The same list before any filter, with this row selected. */
export const listAt = (selected: string | null): ListState => ({ ...emptyList, selected });

const collator = new Intl.Collator('en', { numeric: true });

/** Names in the order a person expects: web2 before web10. */
export const byName = (a: string, b: string): number => collator.compare(a, b);

/** Rows whose text holds the filter, letters of either case. */
export function matching<T>(items: readonly T[], filter: string, textOf: (item: T) => string): readonly T[] {
  if (filter === '') return items;
  const wanted = filter.toLowerCase();
  return items.filter((item) => textOf(item).toLowerCase().includes(wanted));
}

export type Move = 'up' | 'down' | 'pageup' | 'pagedown' | 'home' | 'end';

const page = 10;

/** The selection after a movement. `ids` are the visible rows in order. */
export function move(list: ListState, step: Move, ids: readonly string[]): ListState {
  const at = list.selected === null ? 0 : Math.max(0, ids.indexOf(list.selected));
  const go = (index: number): ListState => ({
    ...list,
    selected: ids[Math.max(0, Math.min(ids.length - 1, index))] ?? null,
  });
  switch (step) {
    case 'up':
      return go(at - 1);
    case 'down':
      return go(at + 1);
    case 'pageup':
      return go(at - page);
    case 'pagedown':
      return go(at + page);
    case 'home':
      return go(0);
    case 'end':
      return go(ids.length - 1);
  }
}

/** Keeps the selection if its row is still there, else takes the first. */
export function keepSelection(list: ListState, ids: readonly string[]): ListState {
  if (list.selected !== null && ids.includes(list.selected)) return list;
  return { ...list, selected: ids[0] ?? null };
}

/** The rows that fit, with the selected one among them: [first, end). */
export function windowOf(count: number, selected: number, height: number): readonly [first: number, end: number] {
  if (count <= height) return [0, count];
  const first = Math.max(0, Math.min(count - height, selected - Math.floor(height / 2)));
  return [first, first + height];
}
