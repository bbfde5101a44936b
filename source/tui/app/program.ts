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

/**
 * Events in, the state changed and the commands run; `changed` is told after each. Once somebody has left, no key does
 * anything more: Ctrl-C and Enter may come together.
 */
export function createProgram<State extends HasShared>(
  { screens, start, surroundings }: ProgramParts<State>,
  doors: Doors,
  changed: (state: State) => void,
): Program<State> {
  let state = start;
  let left = false;
  const dispatch = (event: AppEvent<State>): void => {
    if (left && (event.type === 'key' || event.type === 'paste')) return;
    const [next, launches]: readonly [State, readonly Launch<State>[]] = reduce(screens, state, event);
    state = next;
    changed(next);
    left ||= launches.some((launch) => 'app' in launch && launch.app === 'quit');
    for (const launch of launches) runner.run(launch);
  };
  const runner = createRunner<State>(surroundings, dispatch, doors);
  return { state: () => state, dispatch, runner };
}
