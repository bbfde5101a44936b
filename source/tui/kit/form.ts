import type { Term } from './glossary.ts';
import type { Key } from './key.ts';
import { editText } from './text-field.ts';

export type FieldKind = 'text' | 'secret' | 'choice' | 'toggle' | 'flags' | 'button' | 'fold';

export interface Option {
  readonly value: string;
  readonly label: string;
  /** Said while the cursor is on it, in a list of flags. */
  readonly help?: string;
}

/** One line of a form, declared once: how it is called, what it holds, and what may be wrong with it. */
export interface Field<Values> {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly kind: FieldKind;
  /** What a text holds, the value of a choice, "yes" or "no" of a toggle, flags with commas. */
  readonly value: (values: Values) => string;
  readonly change: (values: Values, value: string) => Values;
  /** What a choice offers, or all flags. */
  readonly options?: (values: Values) => readonly Option[];
  readonly placeholder?: string;
  /** Said when the form is sent and this is empty; it is marked. */
  readonly required?: string;
  /** What it holds will do: it is folded away until somebody asks for it. */
  readonly folded?: boolean;
  /** The words of the trade in it. */
  readonly terms?: readonly Term[];
  /** What is wrong with the answer, in a sentence; null: nothing. Not asked of an empty one. */
  readonly check?: (values: Values) => string | null;
}

/** A form being filled in. What was typed stays when it is left. */
export interface FormState<Values> {
  readonly values: Values;
  /** Id of the field that has the cursor; one that is gone means the first. */
  readonly focus: string;
  /** Code points before the cursor in a text; null: it stands at the end. */
  readonly cursor: number | null;
  /** The flag under the cursor. */
  readonly flag: number;
  /** The fields that are folded away are shown. */
  readonly unfolded: boolean;
  /** What was refused when the form was sent. */
  readonly error: { readonly field: string; readonly text: string } | null;
}

export const newForm = <Values>(values: Values, focus = ''): FormState<Values> => ({
  values,
  focus,
  cursor: null,
  flag: 0,
  unfolded: false,
  error: null,
});

type FieldLook = Omit<Field<never>, 'id' | 'kind' | 'value' | 'change' | 'options' | 'check'>;

/** A field that is one string among the values. */
export const stringField = <Id extends string, Values extends Readonly<Record<Id, string>>>(
  id: Id,
  look: FieldLook & {
    readonly kind?: 'text' | 'secret' | 'choice';
    readonly check?: (values: Values) => string | null;
  },
): Field<Values> => ({
  kind: 'text',
  ...look,
  id,
  value: (values) => values[id],
  change: (values, value) => ({ ...values, [id]: value }),
});

/** The last line of a form that is sent by a button. */
export const buttonField = <Values>(label: string, help: string): Field<Values> => ({
  id: 'button',
  label,
  help,
  kind: 'button',
  value: () => '',
  change: (values) => values,
});

/** The line that stands for the fields that are folded away. */
const foldLine = <Values>(fields: readonly Field<Values>[], unfolded: boolean): Field<Values> => ({
  id: 'fold',
  label: `${fields.length} more`,
  help: unfolded ? 'Enter folds them away again.' : 'They have what most people want. Enter shows them.',
  kind: 'fold',
  value: () => '',
  change: (values) => values,
  terms: fields.flatMap(({ terms = [] }) => terms),
});

/** The fields as they are seen: first what must be looked at, then the others or one line for them, then the button. */
export function shownFields<Values>(
  fields: readonly Field<Values>[],
  { unfolded }: Pick<FormState<Values>, 'unfolded'>,
): readonly Field<Values>[] {
  const folded = fields.filter((field) => field.folded);
  if (folded.length === 0) return fields;
  const others = fields.filter((field) => !field.folded && field.kind !== 'button');
  const buttons = fields.filter(({ kind }) => kind === 'button');
  return [...others, foldLine(folded, unfolded), ...(unfolded ? folded : []), ...buttons];
}

/** The first field that must be filled in and is empty; "": there is none. */
export const firstMissing = <Values>(fields: readonly Field<Values>[], values: Values): string =>
  fields.find(({ required, value }) => required !== undefined && value(values).trim() === '')?.id ?? '';

/** The words of the field under the cursor. */
export const termsOf = <Values>(fields: readonly Field<Values>[], form: FormState<Values>): readonly Term[] =>
  fieldAt(fields, form)?.terms ?? [];

/** The place of the cursor among the fields that are seen. */
export const focusIndex = <Values>(fields: readonly Field<Values>[], form: FormState<Values>): number =>
  Math.max(
    0,
    shownFields(fields, form).findIndex(({ id }) => id === form.focus),
  );

/** The field under the cursor. */
export const fieldAt = <Values>(
  fields: readonly Field<Values>[],
  form: FormState<Values>,
): Field<Values> | undefined => shownFields(fields, form)[focusIndex(fields, form)];

/** The cursor to another field, `index` counted from the first that is seen; beyond the ends it stays. */
export function focusOn<Values>(
  fields: readonly Field<Values>[],
  form: FormState<Values>,
  index: number,
): FormState<Values> {
  const shown = shownFields(fields, form);
  const field = shown[Math.max(0, Math.min(shown.length - 1, index))];
  return { ...form, focus: field?.id ?? '', cursor: null };
}

/** The first thing that keeps a form from being sent. */
export function firstError<Values>(fields: readonly Field<Values>[], values: Values): FormState<Values>['error'] {
  for (const field of fields) {
    const text = field.value(values).trim() === '' ? (field.required ?? null) : (field.check?.(values) ?? null);
    if (text !== null) return { field: field.id, text };
  }
  return null;
}

/** What a key does to the field under the cursor: text is edited, a choice turned, a flag ticked. */
export function editForm<Values>(
  fields: readonly Field<Values>[],
  form: FormState<Values>,
  key: Key,
): FormState<Values> {
  const field = fieldAt(fields, form);
  if (field === undefined) return form;
  const edited = editField(field, form, key);
  return edited === form || edited.values === form.values ? edited : { ...edited, error: null };
}

/** Shows what is folded away, or folds it again. */
export const toggleFold = <Values>(form: FormState<Values>): FormState<Values> => ({
  ...form,
  unfolded: !form.unfolded,
});

function editField<Values>(field: Field<Values>, form: FormState<Values>, key: Key): FormState<Values> {
  const { values } = form;
  const change = (value: string): FormState<Values> => ({ ...form, values: field.change(values, value) });
  const value = field.value(values);
  const options = field.options?.(values) ?? [];
  const turn = key.name === 'left' ? -1 : key.name === 'right' ? 1 : 0;
  switch (field.kind) {
    case 'button':
      return form;
    case 'fold':
      return key.name === 'space' ? toggleFold(form) : turn === 0 ? form : { ...form, unfolded: turn > 0 };
    case 'toggle':
      return key.name === 'space' ? change(value === 'yes' ? 'no' : 'yes') : form;
    case 'choice': {
      const by = key.name === 'space' ? 1 : turn;
      if (by === 0 || options.length === 0) return form;
      const at = options.findIndex((option) => option.value === value);
      return change(options[(at + by + options.length) % options.length]?.value ?? value);
    }
    case 'flags': {
      const flag = Math.max(0, Math.min(options.length - 1, form.flag + turn));
      return key.name === 'space' ? change(ticked(value, options[form.flag]?.value ?? '')) : { ...form, flag };
    }
    case 'text':
    case 'secret': {
      const edited = editText({ value, cursor: form.cursor ?? [...value].length }, key);
      return edited === null ? form : { ...change(edited.value), cursor: edited.cursor };
    }
  }
}

function ticked(list: string, name: string): string {
  const names = list.split(',').filter((one) => one !== '');
  return (names.includes(name) ? names.filter((one) => one !== name) : [...names, name]).join(',');
}

/** A field as it is asked for by itself. */
export interface Question {
  readonly label: string;
  readonly kind: FieldKind;
  readonly value: string;
  readonly options: readonly Option[];
  /** The flag under the cursor. */
  readonly flag: number;
  readonly required: boolean;
  /** What was refused. */
  readonly complaint: string | null;
}

/** The field under the cursor. */
export function questionOf<Values>(fields: readonly Field<Values>[], form: FormState<Values>): Question | null {
  const field = fieldAt(fields, form);
  if (field === undefined) return null;
  const value = field.value(form.values);
  const refused = form.error?.field === field.id ? form.error.text : null;
  return {
    label: field.label,
    kind: field.kind,
    value,
    options: field.options?.(form.values) ?? [],
    flag: form.flag,
    required: field.required !== undefined,
    complaint: refused ?? (value.trim() === '' ? null : (field.check?.(form.values) ?? null)),
  };
}
