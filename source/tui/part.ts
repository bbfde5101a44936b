import type { Command, Event, Reduced } from './events.ts';
import type { Pressed } from './reduce.ts';
import type { AppState, Step } from './state.ts';

/** What a part of the screen is given: a key that is its own, or anybody's result. */
export type PartEvent = Pressed | Exclude<Event, { type: 'tick' | 'key' | 'paste' }>;

export const isKey = (event: PartEvent): event is Pressed => 'key' in event;

export const stay = (state: AppState, ...commands: Command[]): Reduced<AppState> => [state, commands];

/** On to a step; the one left counts as done. */
export function goTo(state: AppState, step: Step): AppState {
  const done = state.done.includes(state.step) ? state.done : [...state.done, state.step];
  return { ...state, step, done };
}
