import type { Question } from './form.ts';
import type { Term } from './glossary.ts';
import type { Key } from './key.ts';
import type { Line } from './lines.ts';
import type { Menu } from './menu.ts';
import type { Size } from './size.ts';

/** What follows from a key or an event: the new state, and commands for the world outside. */
export type Reduced<State, Command> = readonly [State, readonly Command[]];

export const stay = <State, Command = never>(state: State, ...commands: Command[]): Reduced<State, Command> => [
  state,
  commands,
];

/** One key, declared once with what it does: footer, help screen and README are made from it. */
export interface Binding<State, Command> {
  /** All that do this; the first one is shown. */
  readonly keys: readonly [string, ...string[]];
  readonly label: string;
  /** Its label while it does something more particular. */
  readonly labelNow?: (state: State) => string;
  readonly help: string;
  readonly run: (state: State, key: Key) => Reduced<State, Command>;
  /** Why it does nothing now, in a sentence; null: it works. */
  readonly disabled?: (state: State) => string | null;
  /** Works, but is too common for the footer. */
  readonly hidden?: boolean;
  /** Does something to the terminal alone: where the screen is read aloud there is no such key. */
  readonly ofTerminal?: boolean;
  /** In the footer only while this is so. */
  readonly shown?: (state: State) => boolean;
  /** Stays in the footer, whatever else has to go for want of room. */
  readonly pinned?: boolean;
  /** Moves in a list; the help screen says it once for all of them. */
  readonly movement?: boolean;
  /** Goes to the first of so many rows of a list. */
  readonly rows?: (state: State) => number;
  /** The form that it goes on in: what is asked for now. */
  readonly asks?: (state: State) => Question | null;
}

/** What stands in the body of the screen: rows, and below them perhaps a menu. */
export interface View {
  readonly rows: readonly Line[];
  readonly menu?: Menu;
}

/**
 * One sheet in the stack. A key goes to the topmost layer that knows it; a layer keeps all other keys from those
 * below it unless it is `clear`.
 */
export interface Layer<State, Command> {
  readonly keys: readonly Binding<State, Command>[];
  /** Keys without a binding, and pasted text (its name is "paste"). */
  readonly typed?: (state: State, key: Key) => Reduced<State, Command>;
  readonly clear?: boolean;
  /** The topmost layer that has a view is the body of the screen. */
  readonly view?: (state: State, size: Size) => View;
  /** For the line above the keys. */
  readonly message?: (state: State) => Line;
  /** The words of what stands under the cursor, for the glossary. */
  readonly terms?: (state: State) => readonly Term[];
}
