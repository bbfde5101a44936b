import { type Binding, type Layer, type Reduced, stay } from '../kit/binding.ts';
import type { Key } from '../kit/key.ts';
import { helpRows } from './help.ts';
import type { Launch, Mounted } from './mount.ts';
import type { SceneBinding } from './screen.ts';
import { type Shared, share } from './shared.ts';

type AppLayer<State> = Layer<State, Launch<State>>;

/** A state that a program of screens can run on. */
export interface HasShared {
  readonly shared: Shared;
}

/** Opens the help screen. Not for a layer in which a question mark is typed. */
export const helpKey = <Own>(): SceneBinding<Own> => ({
  keys: ['?'],
  label: 'help',
  help: 'all keys, and why some do nothing now',
  run: (scene) => stay(share(scene, { help: true })),
});

export const quitKey = <Own>(): SceneBinding<Own> => ({
  keys: ['q'],
  label: 'quit',
  help: 'leave xenfai',
  run: (scene) => stay(scene, { app: 'quit', code: 0 }),
});

const isHere = <State extends HasShared>({ place }: Mounted<State>, { shared }: State): boolean =>
  place === null || place === shared.place;

/**
 * Everything that may get a key, from the bottom up: the screen one is at, what lies over every screen (the plan), the
 * help, and Ctrl-C, which is stopped by nothing.
 */
export function stackOf<State extends HasShared>(
  screens: readonly Mounted<State>[],
  state: State,
): readonly AppLayer<State>[] {
  const here = screens.filter((screen) => isHere(screen, state));
  const layers = here.toSorted((a, b) => Number(a.place === null) - Number(b.place === null));
  const below = layers.flatMap((screen) => screen.layers(state));
  const busy = screens.some((screen) => screen.busy(state));
  const help = state.shared.help ? [helpLayer([...below, interruptLayer<State>(busy)])] : [];
  return [...below, ...help, interruptLayer<State>(busy)];
}

/** The keys that work now: those of the topmost layer, and those that shine through from above it. */
export function keysNow<State>(stack: readonly AppLayer<State>[]): readonly Binding<State, Launch<State>>[] {
  const top = stack.findLastIndex(({ clear }) => clear !== true);
  return stack.slice(Math.max(0, top)).flatMap(({ keys }) => keys);
}

/** The topmost layer that has something. */
export const topmost = <State, Key extends 'view' | 'message'>(stack: readonly AppLayer<State>[], what: Key) =>
  stack.findLast((layer) => layer[what] !== undefined)?.[what];

/** Gives a key to the topmost layer that knows it. A key that does nothing now says why. */
export function press<State extends HasShared>(
  stack: readonly AppLayer<State>[],
  state: State,
  key: Key,
): Reduced<State, Launch<State>> {
  for (const layer of stack.toReversed()) {
    const binding = layer.keys.find(({ keys }) => keys.includes(key.name));
    const reason = binding?.disabled?.(state) ?? null;
    if (reason !== null) return stay(sharing(state, { flash: { text: reason, tone: 'note' } }));
    if (binding !== undefined) return binding.run(state, key);
    if (layer.typed !== undefined) return layer.typed(state, key);
    if (layer.clear !== true) return stay(state);
  }
  return stay(state);
}

export const sharing = <State extends HasShared>(state: State, change: Partial<Shared>): State => ({
  ...state,
  shared: { ...state.shared, ...change },
});

function helpLayer<State extends HasShared>(below: readonly AppLayer<State>[]): AppLayer<State> {
  const close = (state: State) => stay(sharing(state, { help: false }));
  return {
    keys: [{ keys: ['escape'], label: 'close', help: 'back to the screen; any other key does it, too', run: close }],
    typed: close,
    view: (state, size) => ({ rows: helpRows(keysNow(below), state, size) }),
  };
}

const stopping = 'Stopping: what was begun is taken back. Ctrl-C again leaves at once.';

/** The first Ctrl-C stops what runs and takes it back, the second leaves; with nothing running the first leaves. */
const interruptLayer = <State extends HasShared>(busy: boolean): AppLayer<State> => ({
  clear: true,
  keys: [
    {
      keys: ['ctrl-c'],
      label: 'stop',
      help: 'stop and take back what runs; twice, or idle: leave',
      hidden: !busy,
      run: (state) => {
        if (!busy || state.shared.stopping) return stay(state, { app: 'quit', code: 130 });
        return stay(sharing(state, { stopping: true, flash: { text: stopping, tone: 'note' } }), { app: 'cancel' });
      },
    },
  ],
});
