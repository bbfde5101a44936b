import type { Reduced } from '../kit/binding.ts';
import type { Key } from '../kit/key.ts';
import { press, stackOf } from './layers.ts';
import type { Happening, Launch, Mounted } from './mount.ts';
import { type HasShared, sharing, type Window } from './shared.ts';

/** Everything that can happen to the screen. */
export type AppEvent<State> =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'window'; readonly window: Window }
  | Happening<State>;

/**
 * The whole screen: state and event in, state and commands out. Pure; what is to be done is in the commands. What a
 * screen changed in the shared part is then shown to all of them, once.
 */
export function reduce<State extends HasShared>(
  screens: readonly Mounted<State>[],
  state: State,
  event: AppEvent<State>,
): Reduced<State, Launch<State>> {
  let [next, commands] = happen(screens, state, event);
  if (event.type === 'tick') return [next, commands];
  for (const screen of screens) {
    const [after, more] = screen.notice(state, next);
    next = after;
    commands = [...commands, ...more];
  }
  // What was to be stopped has ended; what it came to may have been said.
  if (next.shared.stopping && !screens.some(({ busy }) => busy(next)))
    next = sharing(next, {
      stopping: false,
      flash: next.shared.flash === state.shared.flash ? null : next.shared.flash,
    });
  return [next, commands];
}

function happen<State extends HasShared>(
  screens: readonly Mounted<State>[],
  state: State,
  event: AppEvent<State>,
): Reduced<State, Launch<State>> {
  switch (event.type) {
    case 'tick':
      return [sharing(state, { now: event.now }), []];
    case 'window':
      return [sharing(state, { window: event.window }), []];
    case 'key':
      return press(
        stackOf(screens, state),
        state.shared.flash === null ? state : sharing(state, { flash: null }),
        event.key,
      );
    case 'paste':
      return press(stackOf(screens, state), state, { name: 'paste', text: event.text });
    case 'happening':
      return event.step(state);
  }
}
