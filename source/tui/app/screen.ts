import type { Problem } from '../../problem/problem.ts';
import type { Binding, Layer, Reduced } from '../kit/binding.ts';
import type { FormAt } from '../kit/form-keys.ts';
import type { Place, Scene, Shared } from './shared.ts';
import type { Work } from './world.ts';

/** What any screen may ask of the program itself. */
export type AppCommand =
  | { readonly app: 'quit'; readonly code: number }
  /** Ends what is under way; what was begun is taken back. */
  | { readonly app: 'cancel' }
  /** Draws the whole terminal anew, whatever it shows. */
  | { readonly app: 'redraw' }
  /** Gives the terminal back to the shell until it lets this program go on. */
  | { readonly app: 'suspend' }
  /** Into the clipboard of the terminal (OSC 52). */
  | { readonly app: 'copy'; readonly text: string }
  /** Somebody who looks elsewhere wants to know: bell and desktop notice, as far as they are wanted. */
  | { readonly app: 'notify'; readonly text: string }
  /** The title of the terminal, until the screen is left. */
  | { readonly app: 'title'; readonly text: string };

/** A screen's commands are its own union, told apart by `do`. */
export interface OwnCommand {
  readonly do: string;
}

export type SceneReduced<Own, Command> = Reduced<Scene<Own>, Command | AppCommand>;
export type SceneBinding<Own, Command = never> = Binding<Scene<Own>, Command | AppCommand>;
export type SceneLayer<Own, Command = never> = Layer<Scene<Own>, Command | AppCommand>;

export type SceneForm<Own, Command, Values> = FormAt<Scene<Own>, Command | AppCommand, Values>;

/**
 * A screen: one folder, and one line in the list of screens. Its slice, events and commands are its own; it meets the
 * others in the shared part only.
 */
export interface Screen<Name extends string, Own, Event, Command extends OwnCommand> {
  /** Where its slice is in the state. */
  readonly name: Name;
  /** Where one is when one sees it. Null: it has no step of its own and lies over any other while it has layers. */
  readonly place: Place | null;
  readonly start: (shared: Shared) => Own;
  /** What it does before the first key. */
  readonly begin?: (scene: Scene<Own>) => SceneReduced<Own, Command>;
  /** From the bottom up. The topmost one that has a view is the body. */
  readonly layers: (scene: Scene<Own>) => readonly SceneLayer<Own, Command>[];
  readonly reduce: (scene: Scene<Own>, event: Event) => SceneReduced<Own, Command>;
  /** After anything that changed the shared part or its own: what follows from it here. */
  readonly notice?: (before: Shared, scene: Scene<Own>) => SceneReduced<Own, Command>;
  /** Something is under way that Ctrl-C can stop. */
  readonly busy: (own: Own) => boolean;
  /** Carries a command out; what comes of it is dispatched. What it throws is given to `failed`. */
  /** Loads what it needs when it is asked: the first frame does not wait for the code of what may be done later. */
  readonly perform: (command: Command, work: Work<Event>) => Promise<void>;
  readonly failed: (command: Command, problem: Problem) => Event;
  /** For the normal screen, when the program has been left. */
  readonly farewell?: (scene: Scene<Own>) => readonly string[];
}
