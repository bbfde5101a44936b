import type { Binding, Layer, Reduced } from '../kit/binding.ts';
import type { AppCommand, OwnCommand, SceneLayer, Screen } from './screen.ts';
import type { Place, Scene, Shared } from './shared.ts';
import type { Work, WorkBase } from './world.ts';

/** A whole state that has the slice of this screen. */
type WithSlice<Name extends string, Own> = { readonly shared: Shared } & Readonly<Record<Name, Own>>;

/** Something that has happened: what it does to the whole state. */
export interface Happening<State> {
  readonly type: 'happening';
  readonly step: (state: State) => Reduced<State, Launch<State>>;
}

/** A command on its way out: still a value to look at, with what carries it out. */
export type Launch<State> =
  | AppCommand
  | {
      readonly screen: string;
      readonly command: OwnCommand;
      readonly perform: (base: WorkBase, dispatch: (event: Happening<State>) => void) => Promise<void>;
    };

/** A screen as the program sees it: its slice is found in the whole state, and put back there. */
export interface Mounted<State> {
  readonly name: string;
  readonly place: Place | null;
  readonly layers: (state: State) => readonly Layer<State, Launch<State>>[];
  readonly begin: (state: State) => Reduced<State, Launch<State>>;
  readonly notice: (before: State, state: State) => Reduced<State, Launch<State>>;
  readonly busy: (state: State) => boolean;
  readonly farewell: (state: State) => readonly string[];
}

/** The same with methods that take any state that has the slice: what a list of screens is made of. */
interface Mountable<Name extends string, Own> {
  readonly name: Name;
  readonly place: Place | null;
  readonly start: (shared: Shared) => Own;
  layers<State extends WithSlice<Name, Own>>(state: State): readonly Layer<State, Launch<State>>[];
  begin<State extends WithSlice<Name, Own>>(state: State): Reduced<State, Launch<State>>;
  notice<State extends WithSlice<Name, Own>>(before: State, state: State): Reduced<State, Launch<State>>;
  busy<State extends WithSlice<Name, Own>>(state: State): boolean;
  farewell<State extends WithSlice<Name, Own>>(state: State): readonly string[];
}

const isOfApp = (command: OwnCommand | AppCommand): command is AppCommand => 'app' in command;

/** An event of a screen, as it happens to the whole state. */
export function happening<
  Name extends string,
  Own,
  Event,
  Command extends OwnCommand,
  State extends WithSlice<Name, Own>,
>(screen: Screen<Name, Own, Event, Command>, event: Event): Happening<State> {
  return { type: 'happening', step: (state) => lift(screen, state, screen.reduce(sceneOf(screen, state), event)) };
}

const sceneOf = <Name extends string, Own>(
  { name }: Pick<Mountable<Name, Own>, 'name' | 'start'>,
  state: WithSlice<Name, NoInfer<Own>>,
): Scene<Own> => ({ shared: state.shared, own: state[name] });

function lift<Name extends string, Own, Event, Command extends OwnCommand, State extends WithSlice<Name, Own>>(
  screen: Screen<Name, Own, Event, Command>,
  state: State,
  [scene, commands]: Reduced<Scene<Own>, Command | AppCommand>,
): Reduced<State, Launch<State>> {
  const same = scene.shared === state.shared && scene.own === state[screen.name];
  const next = same ? state : { ...state, shared: scene.shared, [screen.name]: scene.own };
  return [next, commands.map((command) => (isOfApp(command) ? command : launch(screen, command)))];
}

function launch<Name extends string, Own, Event, Command extends OwnCommand, State extends WithSlice<Name, Own>>(
  screen: Screen<Name, Own, Event, Command>,
  command: Command,
): Launch<State> {
  return {
    screen: screen.name,
    command,
    async perform(base, dispatch) {
      const tell = (event: Event): void => dispatch(happening(screen, event));
      const work: Work<Event> = { ...base, dispatch: tell };
      try {
        await screen.perform(command, work);
      } catch (error) {
        if (!base.whole.aborted) tell(screen.failed(command, base.world.problemOf(error)));
      }
    },
  };
}

/** Makes a screen part of a program. */
export function mount<Name extends string, Own, Event, Command extends OwnCommand>(
  screen: Screen<Name, Own, Event, Command>,
): Mountable<Name, Own> {
  return {
    name: screen.name,
    place: screen.place,
    start: screen.start,
    layers: <State extends WithSlice<Name, Own>>(state: State) =>
      screen
        .layers(sceneOf(screen, state))
        .map((layer) => liftLayer<Name, Own, Event, Command, State>(screen, layer)),
    begin: (state) =>
      screen.begin === undefined ? [state, []] : lift(screen, state, screen.begin(sceneOf(screen, state))),
    notice: (before, state) =>
      screen.notice === undefined || (before.shared === state.shared && before[screen.name] === state[screen.name])
        ? [state, []]
        : lift(screen, state, screen.notice(before.shared, sceneOf(screen, state))),
    busy: (state) => screen.busy(state[screen.name]),
    farewell: (state) => screen.farewell?.(sceneOf(screen, state)) ?? [],
  };
}

function liftLayer<Name extends string, Own, Event, Command extends OwnCommand, State extends WithSlice<Name, Own>>(
  screen: Screen<Name, Own, Event, Command>,
  layer: SceneLayer<Own, Command>,
): Layer<State, Launch<State>> {
  const { typed, view, message, terms, clear = false } = layer;
  return {
    clear,
    keys: layer.keys.map(
      ({ run, disabled, shown, labelNow, rows, asks, ...binding }): Binding<State, Launch<State>> => ({
        ...binding,
        run: (state, key) => lift(screen, state, run(sceneOf(screen, state), key)),
        ...(disabled === undefined ? {} : { disabled: (state) => disabled(sceneOf(screen, state)) }),
        ...(shown === undefined ? {} : { shown: (state) => shown(sceneOf(screen, state)) }),
        ...(labelNow === undefined ? {} : { labelNow: (state) => labelNow(sceneOf(screen, state)) }),
        ...(rows === undefined ? {} : { rows: (state) => rows(sceneOf(screen, state)) }),
        ...(asks === undefined ? {} : { asks: (state) => asks(sceneOf(screen, state)) }),
      }),
    ),
    ...(typed === undefined
      ? {}
      : { typed: (state, key) => lift(screen, state, typed(sceneOf(screen, state), key)) }),
    ...(view === undefined ? {} : { view: (state, size) => view(sceneOf(screen, state), size) }),
    ...(message === undefined ? {} : { message: (state) => message(sceneOf(screen, state)) }),
    ...(terms === undefined ? {} : { terms: (state) => terms(sceneOf(screen, state)) }),
  };
}
