import { type Binding, type Reduced, stay } from './binding.ts';
import {
  editForm,
  type Field,
  type FieldKind,
  type FormState,
  fieldAt,
  firstError,
  focusIndex,
  focusOn,
  questionOf,
  shownFields,
  toggleFold,
} from './form.ts';
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

/** The keys of a form. Enter goes on to what must be looked at, and sends it from the last field. */
export function formKeys<State, Command, Values>(
  at: FormAt<State, Command, Values>,
): readonly Binding<State, Command>[] {
  const shown = (state: State): readonly Field<Values>[] => shownFields(at.fields(state), at.form(state));
  const focus = (state: State): number => focusIndex(at.fields(state), at.form(state));
  const isLast = (state: State): boolean => focus(state) === shown(state).length - 1;
  const to = (state: State, index: number) => stay(at.put(state, focusOn(at.fields(state), at.form(state), index)));
  const edit = (state: State, key: Key) => typeIn(at, state, key);
  const on =
    (...kinds: readonly FieldKind[]) =>
    (state: State) => {
      const kind = shown(state)[focus(state)]?.kind;
      return kind !== undefined && kinds.includes(kind);
    };
  const turns = on('choice', 'flags');
  const choose: Binding<State, Command>[] = [
    { keys: ['left'], label: 'choose', help: 'the previous choice', run: edit, shown: turns },
    { keys: ['right'], label: 'choose', help: 'the next choice', hidden: true, run: edit },
  ];
  const tick: Binding<State, Command> = {
    keys: ['space'],
    label: 'tick',
    help: 'tick or untick',
    run: edit,
    shown: on('flags', 'toggle'),
  };
  const enterNow = (state: State): string => {
    if (isLast(state)) return at.last;
    if (!on('fold')(state)) return 'next';
    return at.form(state).unfolded ? 'fold' : 'show';
  };
  /** On to the next field; over the line of those that are folded away, which has its own use for Enter. */
  const enter = (state: State): Reduced<State, Command> => {
    if (isLast(state)) return send(at, state);
    const [here, next] = shown(state).slice(focus(state));
    if (here?.kind === 'fold') return stay(at.put(state, toggleFold(at.form(state))));
    return to(state, focus(state) + (next?.kind === 'fold' ? 2 : 1));
  };
  return [
    {
      keys: ['enter'],
      label: `next, ${at.last}`,
      labelNow: enterNow,
      help: at.help,
      asks: (state) => questionOf(at.fields(state), at.form(state)),
      disabled: (state) => (isLast(state) ? (at.disabled?.(state) ?? null) : null),
      run: enter,
    },
    {
      keys: ['tab'],
      label: 'next field',
      help: 'the next field; from the last to the first',
      run: (state) => to(state, (focus(state) + 1) % shown(state).length),
    },
    {
      keys: ['shift-tab'],
      label: 'field before',
      help: 'the previous field; from the first to the last',
      hidden: true,
      run: (state) => to(state, focus(state) === 0 ? shown(state).length - 1 : focus(state) - 1),
    },
    {
      keys: ['down'],
      label: 'next field',
      help: 'one line down',
      hidden: true,
      run: (state) => to(state, focus(state) + 1),
    },
    {
      keys: ['up'],
      label: 'field before',
      help: 'one line up',
      hidden: true,
      run: (state) => to(state, focus(state) - 1),
    },
    {
      keys: ['pageup'],
      label: 'to the start',
      help: 'the first line of the form; Home does it, too, where no text is edited',
      hidden: true,
      run: (state) => to(state, 0),
    },
    {
      keys: ['pagedown'],
      label: 'to the end',
      help: 'the last line of the form; End does it, too, where no text is edited',
      hidden: true,
      run: (state) => to(state, shown(state).length - 1),
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
  const fields = at.fields(state);
  const before = at.form(state);
  const kind = fieldAt(fields, before)?.kind;
  const isText = kind === 'text' || kind === 'secret';
  if (!isText && key.name === 'home') return stay(at.put(state, focusOn(fields, before, 0)));
  if (!isText && key.name === 'end') return stay(at.put(state, focusOn(fields, before, fields.length)));
  const after = editForm(fields, before, key);
  return stay(after === before ? state : at.put(state, after));
}

/** Sends the form, or puts the cursor where something is wrong, and shows it. */
function send<State, Command, Values>(at: FormAt<State, Command, Values>, state: State): Reduced<State, Command> {
  const form = at.form(state);
  const fields = at.fields(state);
  const error = firstError(fields, form.values);
  if (error === null) return at.submit(at.put(state, { ...form, error }));
  const hidden = fields.find(({ id }) => id === error.field)?.folded ?? false;
  const unfolded = form.unfolded || hidden;
  return stay(at.put(state, { ...form, focus: error.field, cursor: null, unfolded, error }));
}
