import type { Launch, Mounted } from './mount.ts';
import { createRunner, type Doors, type Runner } from './runner.ts';
import type { HasShared } from './shared.ts';
import { type AppEvent, reduce } from './store.ts';
import type { Surroundings } from './world.ts';

/** What a program is made of. */
export interface ProgramParts<State> {
  readonly screens: readonly Mounted<State>[];
  readonly start: State;
  readonly surroundings: Surroundings;
}

/** A program that goes on: it holds the state, whatever shows it. */
export interface Program<State> {
  readonly state: () => State;
  readonly dispatch: (event: AppEvent<State>) => void;
  readonly runner: Runner<State>;
}

/** Events in, the state changed and the commands run; `changed` is told after each. */
export function createProgram<State extends HasShared>(
  { screens, start, surroundings }: ProgramParts<State>,
  doors: Doors,
  changed: (state: State) => void,
): Program<State> {
  let state = start;
  const dispatch = (event: AppEvent<State>): void => {
    const [next, launches]: readonly [State, readonly Launch<State>[]] = reduce(screens, state, event);
    state = next;
    changed(next);
    for (const launch of launches) runner.run(launch);
  };
  const runner = createRunner<State>(surroundings, dispatch, doors);
  return { state: () => state, dispatch, runner };
}
