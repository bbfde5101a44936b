import { isDeepStrictEqual } from 'node:util';
import { useEffect, useReducer, useRef } from 'react';
import type { Launch } from './mount.ts';
import { type Paced, paced } from './pace.ts';
import type { Picture } from './picture.ts';
import { createProgram, type Program, type ProgramParts } from './program.ts';
import type { Doors, Runner } from './runner.ts';
import type { HasShared } from './shared.ts';
import type { AppEvent } from './store.ts';

export interface ProgramOptions<State> extends ProgramParts<State> {
  /** What is done before the first key. */
  readonly begin: readonly Launch<State>[];
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

/** The one hook that holds the program: events in, what is to be seen out. */
export function useProgram<State extends HasShared>(
  options: ProgramOptions<State>,
): readonly [Picture, (event: AppEvent<State>) => void] {
  const { begin, surroundings, tickEvery, drawEvery, look, doors, onState, onRunner } = options;
  const held = useRef<Program<State> | null>(null);
  const pace = useRef<Paced | null>(null);
  held.current ??= createProgram(options, doors, (state) => {
    onState(state);
    pace.current?.ask();
  });
  const { state, dispatch, runner } = held.current;
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const picture = look(state());
  const shown = useRef({ picture, look });
  shown.current = { picture, look };
  // Most of what happens is not to be seen: an event of a VM below the edge, a second that shows in no age.
  pace.current ??= paced(drawEvery, () => {
    if (!isDeepStrictEqual(shown.current.look(state()), shown.current.picture)) draw();
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the program lives as long as the screen
  useEffect(() => {
    onRunner(runner);
    for (const launch of begin) runner.run(launch);
    const timer = setInterval(() => dispatch({ type: 'tick', now: surroundings.now() }), tickEvery);
    return () => {
      clearInterval(timer);
      pace.current?.stop();
    };
  }, []);

  return [picture, dispatch];
}
