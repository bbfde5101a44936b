import { type Launch, type Mounted, mount } from '../app/mount.ts';
import { type ScreenOptions, surroundingsOf } from '../app/opening.ts';
import { type Shared, type StartOptions, startShared } from '../app/shared.ts';
import type { Reduced } from '../kit/binding.ts';
import { act } from './act/screen.ts';
import { configure } from './configure/screen.ts';
import { connectPlace } from './connect/place.ts';
import { connect } from './connect/screen.ts';
import { fleet } from './fleet/screen.ts';
import { plan } from './plan/screen.ts';
import { template } from './template/screen.ts';
import { verify } from './verify/screen.ts';

// The list of screens, in the order of the steps. A new screen is one more line here.
const all = [
  mount(connect),
  mount(template),
  mount(configure),
  mount(verify),
  mount(act),
  mount(fleet),
  mount(plan),
] as const;

type Slices = { readonly [One in (typeof all)[number] as One['name']]: ReturnType<One['start']> };

/** The whole state: what is shared, and one slice for each screen of the list. */
export type AppState = Slices & { readonly shared: Shared };

export const screens: readonly Mounted<AppState>[] = all;

/** The screen before the first key, and what it does by itself. */
export function startState(options: StartOptions): Reduced<AppState, Launch<AppState>> {
  const shared = startShared(options, connectPlace);
  const slices = Object.fromEntries(all.map(({ name, start }) => [name, start(shared)]));
  // The one cast of the screen: TypeScript does not follow the names through fromEntries.
  let state: AppState = { ...(slices as Slices), shared };
  const begun: Launch<AppState>[] = [];
  for (const screen of screens) {
    const [next, launches] = screen.begin(state);
    state = next;
    begun.push(...launches);
  }
  return [state, begun];
}

/** How the program begins: its screens and their first state, what is done before the first key, and with what. */
export function opening(options: ScreenOptions) {
  const { suggestions, settings, readOnly } = options;
  const surroundings = surroundingsOf(options);
  const profiles = settings.profiles();
  const [start, begin] = startState({ suggestions, readOnly, profiles, now: surroundings.now() });
  return { screens, start, begin, surroundings };
}

/** What the session did, for the normal screen. */
export const historyOf = (last: AppState): readonly string[] => [
  ...last.shared.history,
  ...screens.flatMap((screen) => screen.farewell(last)),
];
