import type { Loss } from '../../watch/fleet.ts';
import { type Binding, stay } from '../kit/binding.ts';
import type { Launch } from './mount.ts';
import { type HasShared, type Place, sharing } from './shared.ts';

// The keys that work at every place, over lists, forms and plans alike. None of them is a letter that one could type.

type AppBinding<State> = Binding<State, Launch<State>>;

/** Shows the words of what stands under the cursor, and hides them. */
export const wordsKey = <State extends HasShared>(isHome: boolean): AppBinding<State> => ({
  keys: ['ctrl-g'],
  label: 'words',
  help: 'what the words under the cursor mean',
  // At home what can be done there needs the room.
  pinned: !isHome,
  run: (state) =>
    stay(sharing(state, { sheet: state.shared.sheet?.shows === 'words' ? null : { shows: 'words', scroll: 0 } })),
});

/** To the place that is home, from wherever one is once there is a host; and from there back again. */
export function homeKey<State extends HasShared>(
  { shared: { place, left, host } }: State,
  home: Place | null,
  covered: boolean,
): AppBinding<State> {
  const isHome = place === home;
  const reason = (): string | null => {
    if (host === null) return 'Not connected to a host yet.';
    if (covered) return 'First answer what is asked here: Esc leaves it.';
    return home === null || (isHome && left === null) ? 'You are there already.' : null;
  };
  return {
    keys: ['ctrl-f'],
    label: isHome ? (left?.label.toLowerCase() ?? 'back') : (home?.label.toLowerCase() ?? ''),
    help: isHome ? 'back to where you came from' : 'to the fleet, and back by the same key',
    pinned: !isHome,
    disabled: reason,
    run(state) {
      const to = isHome ? left : home;
      return stay(to === null ? state : sharing(state, { place: to, left: isHome ? null : place, sheet: null }));
    },
  };
}

const stopping = 'Stopping: what was begun is taken back. Ctrl-C again leaves at once.';

/** The first Ctrl-C stops what runs and takes it back, the second leaves; with nothing running the first leaves. */
export const interruptKey = <State extends HasShared>(busy: boolean, quits: boolean): AppBinding<State> => ({
  keys: ['ctrl-c'],
  label: busy ? 'stop' : 'quit',
  help: 'stop and take back what runs; twice, or idle: leave',
  // Where q quits one need not know of it.
  hidden: !busy && quits,
  pinned: true,
  run(state) {
    if (!busy || state.shared.stopping) return stay(state, { app: 'quit', code: 130 });
    return stay(sharing(state, { stopping: true, flash: { text: stopping, tone: 'note' } }), { app: 'cancel' });
  },
});

/** Puts right what another program, or a bad line, has made of the terminal. */
export const redrawKey = <State>(): AppBinding<State> => ({
  keys: ['ctrl-l'],
  label: 'redraw',
  help: 'draw the screen anew',
  hidden: true,
  ofTerminal: true,
  run: (state) => stay(state, { app: 'redraw' }),
});

/** As the terminal would have it, were it not for the screen. */
export const suspendKey = <State>(): AppBinding<State> => ({
  keys: ['ctrl-z'],
  label: 'to the shell',
  help: 'back to the shell for a while; fg goes on here',
  hidden: true,
  ofTerminal: true,
  run: (state) => stay(state, { app: 'suspend' }),
});

function retryWords({ offer, refused }: Loss): { readonly label: string; readonly help: string } {
  if (refused !== undefined)
    return { label: 'its certificate', help: 'show the certificate that was agreed to and the one it shows now' };
  if (offer !== undefined)
    return { label: 'its certificate', help: 'show the certificate of the host that may do its work now' };
  return { label: 'try now', help: 'ask the silent host again, now' };
}

/** While the host is silent, on every screen: what is seen there stays as it is until the host answers. */
export const retryKeys = <State extends HasShared>({ shared }: State): readonly Binding<State, Launch<State>>[] =>
  shared.fleet.lost === null
    ? []
    : [
        {
          keys: ['ctrl-r'],
          ...retryWords(shared.fleet.lost),
          pinned: true,
          run: (state) => stay(sharing(state, { followed: state.shared.followed + 1 })),
        },
      ];
