import { type Binding, type Layer, type Reduced, stay } from '../kit/binding.ts';
import type { Key } from '../kit/key.ts';
import { type Line, scrolled } from '../kit/lines.ts';
import { scrollKeys } from '../kit/scroll-keys.ts';
import type { Size } from '../kit/size.ts';
import { homeKey, interruptKey, redrawKey, retryKeys, suspendKey, wordsKey } from './everywhere.ts';
import { bodySize } from './frame.ts';
import { helpRows, wordRows } from './help.ts';
import type { Launch, Mounted } from './mount.ts';
import type { SceneBinding } from './screen.ts';
import { type HasShared, type Sheet, share, sharing } from './shared.ts';

type AppLayer<State> = Layer<State, Launch<State>>;

/** Opens the help screen. Not for a layer in which a question mark is typed. */
export const helpKey = <Own>(): SceneBinding<Own> => ({
  keys: ['?'],
  label: 'all keys',
  help: 'all keys, and why some do nothing now',
  pinned: true,
  run: (scene) => stay(share(scene, { sheet: { shows: 'keys', scroll: 0 } })),
});

export const quitKey = <Own>(): SceneBinding<Own> => ({
  keys: ['q'],
  label: 'quit',
  help: 'leave xenfai',
  pinned: true,
  run: (scene) => stay(scene, { app: 'quit', code: 0 }),
});

const isHere = <State extends HasShared>({ place }: Mounted<State>, { shared }: State): boolean =>
  place === null || place === shared.place;

/**
 * Everything that may get a key, from the bottom up: the screen one is at, what lies over every screen (the plan), a
 * sheet with its keys or its words, and what works everywhere: Ctrl-C is stopped by nothing.
 */
export function stackOf<State extends HasShared>(
  screens: readonly Mounted<State>[],
  state: State,
): readonly AppLayer<State>[] {
  const here = screens.filter((screen) => isHere(screen, state));
  const layers = here.toSorted((a, b) => Number(a.place === null) - Number(b.place === null));
  const below = layers.flatMap((screen) => screen.layers(state));
  const home = screens.find(({ place }) => place?.home)?.place ?? null;
  const everywhere: AppLayer<State> = {
    clear: true,
    keys: [
      ...retryKeys(state),
      wordsKey(state.shared.place === home),
      homeKey(state, home, isCovered(screens, state)),
      interruptKey(
        screens.some((screen) => screen.busy(state)),
        keysNow(below).some(({ keys }) => keys.includes('q')),
      ),
      redrawKey(),
      suspendKey(),
    ],
  };
  const { sheet } = state.shared;
  return [...below, ...(sheet === null ? [] : [sheetLayer([...below, everywhere], sheet)]), everywhere];
}

/** Something lies over the place one is at. */
const isCovered = <State extends HasShared>(screens: readonly Mounted<State>[], state: State): boolean =>
  screens.some((screen) => screen.place === null && screen.layers(state).length > 0);

/** The keys that work now: those of the topmost layer, and those above it, which take the place of the same keys. */
export function keysNow<State>(stack: readonly AppLayer<State>[]): readonly Binding<State, Launch<State>>[] {
  const top = stack.findLastIndex(({ clear }) => clear !== true);
  const [base = [], ...over] = stack.slice(Math.max(0, top)).map(({ keys }) => keys);
  const above = over.flat();
  const isSame =
    (one: Binding<State, Launch<State>>) =>
    ({ keys }: Binding<State, Launch<State>>): boolean =>
      keys[0] === one.keys[0];
  return [...base.map((one) => above.find(isSame(one)) ?? one), ...above.filter((one) => !base.some(isSame(one)))];
}

/** The topmost layer that has something. */
export const topmost = <State, Key extends 'view' | 'message' | 'terms'>(
  stack: readonly AppLayer<State>[],
  what: Key,
) => stack.findLast((layer) => layer[what] !== undefined)?.[what];

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

/** The keys of the layers below it, or their words. */
function sheetLayer<State extends HasShared>(below: readonly AppLayer<State>[], sheet: Sheet): AppLayer<State> {
  const close = (state: State) => stay(sharing(state, { sheet: null }));
  const rowsOf = (state: State, size: Size): readonly Line[] =>
    sheet.shows === 'keys'
      ? helpRows(keysNow(below), state, size)
      : wordRows(topmost(below, 'terms')?.(state) ?? [], size);
  return {
    keys: [
      ...scrollKeys<State>({
        scroll: () => sheet.scroll,
        extent: (state) => ({
          rows: rowsOf(state, bodySize(state.shared)).length,
          height: bodySize(state.shared).height,
        }),
        put: (state, scroll) => sharing(state, { sheet: { ...sheet, scroll } }),
      }),
      { keys: ['escape'], label: 'close', help: 'back to the screen; any other key does it, too', run: close },
    ],
    typed: close,
    view: (state, size) => ({ rows: scrolled(rowsOf(state, size), sheet.scroll, size.height) }),
  };
}
