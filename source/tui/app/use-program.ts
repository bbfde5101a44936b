import { isDeepStrictEqual } from 'node:util';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { Launch, Mounted } from './mount.ts';
import { type Paced, paced } from './pace.ts';
import type { Picture } from './picture.ts';
import { createRunner, type Doors, type Runner } from './runner.ts';
import type { HasShared } from './shared.ts';
import { type AppEvent, reduce } from './store.ts';
import type { Surroundings } from './world.ts';

export interface ProgramOptions<State> {
  readonly screens: readonly Mounted<State>[];
  readonly start: State;
  /** What is done before the first key. */
  readonly begin: readonly Launch<State>[];
  readonly surroundings: Surroundings;
  /** Milliseconds between ticks of the clock on the screen. */
  readonly tickEvery: number;
  /** Milliseconds between two frames, at least. */
  readonly drawEvery: number;
  /** What one sees of a state. */
  readonly look: (state: State) => Picture;
  readonly doors: Doors;
  readonly onState: (state: State) => void;
  readonly onRunner: (runner: Runner<State>) => void;
}

/** The one hook that holds the state and runs the commands: events in, what is to be seen out. */
export function useProgram<State extends HasShared>(
  options: ProgramOptions<State>,
): readonly [Picture, (event: AppEvent<State>) => void] {
  const { screens, start, begin, surroundings, tickEvery, drawEvery, look, doors, onState, onRunner } = options;
  const state = useRef(start);
  const runner = useRef<Runner<State> | null>(null);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const picture = look(state.current);
  const shown = useRef({ picture, look });
  shown.current = { picture, look };
  const pace = useRef<Paced | null>(null);
  // Most of what happens is not to be seen: an event of a VM below the edge, a second that shows in no age.
  pace.current ??= paced(drawEvery, () => {
    if (!isDeepStrictEqual(shown.current.look(state.current), shown.current.picture)) draw();
  });

  const dispatch = useCallback(
    (event: AppEvent<State>): void => {
      const [next, launches]: readonly [State, readonly Launch<State>[]] = reduce(screens, state.current, event);
      state.current = next;
      onState(next);
      pace.current?.ask();
      for (const launch of launches) runner.current?.run(launch);
    },
    [screens, onState],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the runner lives as long as the screen
  useEffect(() => {
    const made = createRunner<State>(surroundings, dispatch, doors);
    runner.current = made;
    onRunner(made);
    for (const launch of begin) made.run(launch);
    const timer = setInterval(() => dispatch({ type: 'tick', now: surroundings.now() }), tickEvery);
    return () => {
      clearInterval(timer);
      pace.current?.stop();
    };
  }, []);

  return [picture, dispatch];
}
