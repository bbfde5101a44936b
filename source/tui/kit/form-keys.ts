import { type Binding, type Reduced, stay } from './binding.ts';
import { editForm, type Field, type FormState, firstError, focusIndex, focusOn } from './form.ts';
import type { Key } from './key.ts';

/** Where a form is in a state, its fields, and what sending it does. */
export interface FormAt<State, Command, Values> {
  readonly form: (state: State) => FormState<Values>;
  readonly put: (state: State, form: FormState<Values>) => State;
  readonly fields: (state: State) => readonly Field<Values>[];
  /** Called when nothing is wrong with the answers. */
  readonly submit: (state: State) => Reduced<State, Command>;
  /** What Enter does at the end, for footer and help: "connect". */
  readonly last: string;
  readonly help: string;
  /** Why the form cannot be sent now, though its answers are good. */
  readonly disabled?: (state: State) => string | null;
  /** It has choices or flags: their keys are shown. */
  readonly chooses?: boolean;
  readonly ticks?: boolean;
}

/** The keys of a form. Enter goes on, and sends it from the last field. */
export function formKeys<State, Command, Values>(
  at: FormAt<State, Command, Values>,
): readonly Binding<State, Command>[] {
  const focus = (state: State): number => focusIndex(at.fields(state), at.form(state));
  const isLast = (state: State): boolean => focus(state) === at.fields(state).length - 1;
  const to = (state: State, index: number) => stay(at.put(state, focusOn(at.fields(state), at.form(state), index)));
  const edit = (state: State, key: Key) => typeIn(at, state, key);
  const choose: Binding<State, Command>[] = [
    { keys: ['left'], label: 'choose', help: 'the choice before', run: edit },
    { keys: ['right'], label: 'choose', help: 'the next choice', hidden: true, run: edit },
  ];
  const tick: Binding<State, Command> = { keys: ['space'], label: 'tick', help: 'tick or untick', run: edit };
  return [
    {
      keys: ['enter'],
      label: `next, ${at.last}`,
      help: at.help,
      disabled: (state) => (isLast(state) ? (at.disabled?.(state) ?? null) : null),
      run: (state) => (isLast(state) ? send(at, state) : to(state, focus(state) + 1)),
    },
    {
      keys: ['tab', 'down'],
      label: 'next field',
      help: 'the next field',
      run: (state) => to(state, focus(state) + 1),
    },
    {
      keys: ['shift-tab', 'up'],
      label: 'back',
      help: 'the field before',
      hidden: true,
      run: (state) => to(state, focus(state) - 1),
    },
    {
      keys: ['pageup'],
      label: 'to the start',
      help: 'the first line of the form',
      hidden: true,
      run: (state) => to(state, 0),
    },
    {
      keys: ['pagedown'],
      label: 'to the end',
      help: 'the last line of the form',
      hidden: true,
      run: (state) => to(state, at.fields(state).length - 1),
    },
    ...(at.chooses ? choose : []),
    ...(at.ticks ? [tick] : []),
  ];
}

/** What keys without a binding do in a form: they are typed. */
export function typeIn<State, Values>(
  at: FormAt<State, unknown, Values>,
  state: State,
  key: Key,
): Reduced<State, never> {
  const before = at.form(state);
  const after = editForm(at.fields(state), before, key);
  return stay(after === before ? state : at.put(state, after));
}

/** Sends the form, or puts the cursor where something is wrong. */
function send<State, Command, Values>(at: FormAt<State, Command, Values>, state: State): Reduced<State, Command> {
  const form = at.form(state);
  const error = firstError(at.fields(state), form.values);
  if (error === null) return at.submit(at.put(state, { ...form, error }));
  return stay(at.put(state, { ...form, focus: error.field, cursor: null, error }));
}
