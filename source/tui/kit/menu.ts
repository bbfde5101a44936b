import type { ListState } from './list.ts';

export interface MenuItem {
  readonly value: string;
  readonly label: string;
}

/** A menu as it is drawn: `at` is the line the cursor is on. */
export interface Menu {
  readonly items: readonly MenuItem[];
  readonly at: number;
}

/** The menu of a list of items, for a view. */
export function menuOf(items: readonly MenuItem[], { selected }: ListState): Menu {
  const at = items.findIndex(({ value }) => value === selected);
  return { items, at: Math.max(0, at) };
}
