import { cleanLine } from '../../text/clean.ts';
import { connectionRow } from '../app/connection.ts';
import { messageRow } from '../app/frame.ts';
import { keysNow, stackOf, topmost } from '../app/layers.ts';
import type { Mounted } from '../app/mount.ts';
import type { HasShared } from '../app/shared.ts';
import type { Question } from '../kit/form.ts';
import type { Line } from '../kit/lines.ts';
import type { Size } from '../kit/size.ts';
import { spoken } from '../kit/theme.ts';

/** A key as something one can choose. */
export interface Choice {
  readonly key: string;
  readonly label: string;
}

/** What is asked for. */
export type Ask =
  | { readonly for: 'field'; readonly question: Question }
  /** Text that is not in a form: a filter. */
  | { readonly for: 'text' }
  /** A line of the menu, a row of the list, or a key. */
  | {
      readonly for: 'choice';
      readonly menu: readonly string[];
      readonly rows: number;
      readonly choices: readonly Choice[];
    };

/** A screen as it is read out: what stands there, and what is asked. */
export interface Turn {
  readonly lines: readonly string[];
  readonly ask: Ask;
}

/** Nothing is cut for whoever listens, and no word is broken. */
const size: Size = { width: 1000, height: 1000, glyphs: spoken, aloud: true };

/** The same screens, keys and reasons as on the screen, in lines. */
export function turnOf<State extends HasShared>(screens: readonly Mounted<State>[], state: State): Turn {
  const { shared } = state;
  const stack = stackOf(screens, state);
  const { rows = [], menu } = topmost(stack, 'view')?.(state, size) ?? {};
  const message = topmost(stack, 'message')?.(state) ?? [];
  const at = `Here: ${shared.place.label}.`;
  const lines = [at, ...[connectionRow(shared, size), ...rows, messageRow(shared, message)].map(textOf)];
  const keys = keysNow(stack);
  const top = stack.findLast(({ clear }) => clear !== true);
  const question = keys.find(({ asks }) => asks !== undefined)?.asks?.(state) ?? null;
  const said = lines.filter((line) => line !== '');
  if (question !== null) return { lines: said, ask: { for: 'field', question } };
  if (top?.typed !== undefined && top.keys.some((binding) => binding.keys[0] === 'enter'))
    return { lines: said, ask: { for: 'text' } };
  const choices = keys
    .filter((binding) => !binding.movement && !binding.ofTerminal && (binding.disabled?.(state) ?? null) === null)
    .filter((binding) => !(binding.hidden && binding.keys[0] === 'ctrl-c') && binding.keys[0] !== '1')
    .filter((binding) => menu === undefined || binding.keys[0] !== 'enter')
    .map((binding): Choice => ({ key: binding.keys[0], label: binding.labelNow?.(state) ?? binding.label }));
  const listed = menu === undefined ? (keys.find((binding) => binding.rows !== undefined)?.rows?.(state) ?? 0) : 0;
  return {
    lines: said,
    ask: { for: 'choice', menu: menu?.items.map(({ label }) => cleanLine(label)) ?? [], rows: listed, choices },
  };
}

const textOf = (row: Line): string => cleanLine(row.map(({ text }) => text).join(''));

/** Without what only grows older: a line that differs in an age is no news. */
const ageless = (line: string): string => line.replace(/\d+ ?(?:s|sec|min|h|d|days?|hours?)\b/g, 'a while');

/** The lines that were not there before. */
export function news(before: readonly string[], now: readonly string[]): readonly string[] {
  const known = new Set(before.map(ageless));
  return now.filter((line) => !known.has(ageless(line)));
}
