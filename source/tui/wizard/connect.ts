import type { Reduced } from '../events.ts';
import { goTo, isKey, type PartEvent, stay } from '../part.ts';
import type { AppState, ConnectState } from '../state.ts';
import { editText, type TextField, textField } from '../text-field.ts';

export const connectFields = ['address', 'user', 'password'] as const;

/** Step 1: which host, who, and what was found there. */
export function reduceConnect(state: AppState, event: PartEvent): Reduced<AppState> {
  const { connect } = state;
  const set = (change: Partial<ConnectState>): AppState => ({ ...state, connect: { ...connect, ...change } });
  if (!isKey(event)) {
    if (event.type === 'menu' && state.step === 'connect') return choose(state, event.value);
    if (event.type === 'connected') {
      const next = set({ phase: 'connected', found: event.found, problem: null, profiles: event.profiles });
      // Whoever has worked with this host before wants to see its VMs.
      const opened = [{ do: 'load-templates' }, { do: 'follow' }] as const;
      if (event.known) return stay(goTo({ ...next, done: ['connect'] }, 'fleet'), ...opened);
      return stay(next, ...opened);
    }
    if (event.type === 'failed' && event.during === 'connect') {
      if (connect.phase !== 'connecting') return stay(state);
      // A refused password is typed anew, not mended blindly.
      const refused = event.problem.exit === 4;
      const password = refused ? textField('') : connect.password;
      return stay(set({ phase: 'form', field: refused ? 2 : 0, password, problem: event.problem }));
    }
    return stay(state);
  }
  if (connect.phase === 'connecting') {
    return event.action === 'back' ? stay(set({ phase: 'form' }), { do: 'cancel' }) : stay(state);
  }
  if (connect.phase === 'menu') return stay(state);
  if (connect.phase === 'connected') return reduceConnected(state, event.action);
  return reduceForm(state, event);
}

function choose(state: AppState, value: string): Reduced<AppState> {
  const profile = state.connect.profiles.find(({ name }) => name === value);
  const connect: ConnectState = {
    ...state.connect,
    phase: 'form',
    field: profile === undefined ? 0 : 2,
    ...(profile === undefined ? {} : { address: textField(profile.address), user: textField(profile.user) }),
  };
  const next = { ...state, connect };
  return profile !== undefined && connect.password.value !== '' ? submit(next) : stay(next);
}

function reduceConnected(state: AppState, action: string | null): Reduced<AppState> {
  if (action === 'submit') return stay(goTo(state, 'template'));
  if (action === 'back') return stay({ ...state, connect: { ...state.connect, phase: 'form', field: 0 } });
  return stay(state);
}

function reduceForm(state: AppState, { action, key }: Extract<PartEvent, { key: unknown }>): Reduced<AppState> {
  const { connect } = state;
  const set = (change: Partial<ConnectState>): AppState => ({ ...state, connect: { ...connect, ...change } });
  const name = connectFields[connect.field] ?? 'address';
  switch (action) {
    case 'submit':
      return connect.field < 2 ? stay(set({ field: connect.field + 1 })) : submit(state);
    case 'next':
      return stay(set({ field: Math.min(2, connect.field + 1) }));
    case 'last':
      return stay(set({ field: 2 }));
    case 'previous':
      return stay(set({ field: Math.max(0, connect.field - 1) }));
    case 'back':
      return stay(connect.profiles.length > 0 ? set({ phase: 'menu' }) : state);
    default: {
      const edited: TextField | null = editText(connect[name], key);
      return stay(edited === null ? state : set({ [name]: edited, problem: null }));
    }
  }
}

function submit(state: AppState): Reduced<AppState> {
  const { address, user, password } = state.connect;
  if (address.value.trim() === '') {
    return stay({
      ...state,
      connect: { ...state.connect, field: 0 },
      flash: { text: 'Which host? An address is missing.', tone: 'bad' },
    });
  }
  return stay(
    { ...state, connect: { ...state.connect, phase: 'connecting', problem: null } },
    { do: 'connect', address: address.value.trim(), user: user.value.trim() || 'root', password: password.value },
  );
}
