import type { TextField } from './text-field.ts';

/** A list one moves in: the selection is an id, so that it survives whatever happens to the rows. */
export interface ListState {
  readonly selected: string | null;
  readonly filter: string;
  /** The filter while it is being typed. */
  readonly typing: TextField | null;
  /** Ids of the rows that are worked on together; those that the filter hides stay ticked. */
  readonly ticked: ReadonlySet<string>;
  /** The row ticked last: a range begins there. */
  readonly anchor: string | null;
}

const nothing: ReadonlySet<string> = new Set();

export const emptyList: ListState = { selected: null, filter: '', typing: null, ticked: nothing, anchor: null };

/** The same list before any filter, with this row selected. */
export const listAt = (selected: string | null): ListState => ({ ...emptyList, selected });

const collator = new Intl.Collator('en', { numeric: true });

/** Names in the order a person expects: web2 before web10. */
export const byName = (a: string, b: string): number => collator.compare(a, b);

/** A word of a state is meant from so many letters on: fewer would hit too many. */
const leastWord = 3;

/**
 * Rows that fit each word of the filter, letters of either case: their text holds it, or one of their words (such as
 * those of a state) begins with it; with `!` before it, neither.
 */
export function matching<T>(
  items: readonly T[],
  filter: string,
  textOf: (item: T) => string,
  wordsOf: (item: T) => readonly string[] = () => [],
): readonly T[] {
  const wanted = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  if (wanted.length === 0) return items;
  return items.filter((item) => {
    const text = textOf(item).toLowerCase();
    const fits = (part: string): boolean =>
      text.includes(part) || (part.length >= leastWord && wordsOf(item).some((word) => word.startsWith(part)));
    return wanted.every((word) => (word.startsWith('!') ? !fits(word.slice(1)) : fits(word)));
  });
}

/** Ticks one row, or unticks it. */
export function toggleTick(list: ListState, id: string): ListState {
  const ticked = new Set(list.ticked);
  if (!ticked.delete(id)) ticked.add(id);
  return { ...list, ticked, anchor: id };
}

/** Ticks every row from the one ticked last to the selected one; those that may not be ticked are passed over. */
export function tickRange(list: ListState, ids: readonly string[], may: (id: string) => boolean): ListState {
  const to = ids.indexOf(list.selected ?? '');
  if (to < 0) return list;
  const from = ids.indexOf(list.anchor ?? '');
  const begin = from < 0 ? to : from;
  const range = ids.slice(Math.min(begin, to), Math.max(begin, to) + 1).filter(may);
  return { ...list, ticked: new Set([...list.ticked, ...range]), anchor: list.selected };
}

/** Ticks all of these; none is ticked any more when all of them were. */
export function tickAll(list: ListState, ids: readonly string[]): ListState {
  const all = ids.length > 0 && ids.every((id) => list.ticked.has(id));
  return { ...list, ticked: all ? nothing : new Set([...list.ticked, ...ids]), anchor: null };
}

/** No row is ticked. */
export const untickAll = (list: ListState): ListState => ({ ...list, ticked: nothing, anchor: null });

/** The same list; what is not there any more has lost its tick. */
export function keepTicks(list: ListState, isThere: (id: string) => boolean): ListState {
  const kept = [...list.ticked].filter(isThere);
  return kept.length === list.ticked.size ? list : { ...list, ticked: new Set(kept) };
}

export type Move = 'up' | 'down' | 'pageup' | 'pagedown' | 'home' | 'end';

/** Where nobody says how many rows are in sight. */
const usualPage = 10;

/** The selection after a movement. `ids` are the rows in order, `page` of them are in sight. */
export function move(list: ListState, step: Move, ids: readonly string[], page = usualPage): ListState {
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

/**
 * The rows that fit, with the selected one among them: [first, end). The window stays while the selection moves in it,
 * and goes on by half of itself: a key then changes two rows, not all.
 */
export function windowOf(count: number, selected: number, height: number): readonly [first: number, end: number] {
  if (count <= height) return [0, count];
  const half = Math.max(1, Math.floor(height / 2));
  // Some rows around the selection are in sight.
  const margin = Math.floor(half / 2);
  const first = Math.floor(Math.max(0, selected - margin) / half) * half;
  const begin = Math.max(0, Math.min(count - height, first));
  return [begin, begin + height];
}
