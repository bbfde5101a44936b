import { cleanLine } from '../../text/clean.ts';
import { cutText, widthOf } from '../../text/width.ts';
import { type Field, type FormState, fieldAt, focusIndex, shownFields } from './form.ts';
import { blank, type Line, line, lineWidth, type Span, span, wrapped } from './lines.ts';
import { windowOf } from './list.ts';
import type { Size } from './size.ts';

const labelWidth = 16;
const mark = '*';
/** Columns below which the begin of a complaint says nothing. */
const leastComplaint = 12;

interface DrawnForm {
  readonly rows: readonly Line[];
  /** Fields above and below what is drawn. */
  readonly above: number;
  readonly below: number;
}

/**
 * The lines of a form, at most `size.height`, those around the cursor; a row each, so that none moves when an answer
 * turns out to be wrong: what is wrong stands behind it, and whole in the help. While `active` is false no field has
 * the cursor: something is under way.
 */
export function formRows<Values>(
  all: readonly Field<Values>[],
  form: FormState<Values>,
  size: Size,
  active = true,
): DrawnForm {
  if (size.aloud) return { rows: [], above: 0, below: 0 };
  const fields = shownFields(all, form);
  const at = focusIndex(all, form);
  const [first, end] = windowOf(fields.length, at, Math.max(1, size.height));
  const rows = fields.slice(first, end).map((field, index): Line => {
    const focused = active && first + index === at;
    const row = field.kind === 'fold' ? foldRow(all, form, focused, size) : fieldRow(field, form, focused, size);
    const complaint = complaintOf(field, form);
    return complaint === null ? row : refusedRow(row, complaint, size);
  });
  return { rows, above: first, below: fields.length - end };
}

/** Rows that the help of a field takes, whatever it says: nothing below it moves when the cursor does. */
const helpHeight = 2;

/** Columns behind an answer, for what is wrong with it. */
const roomBehind = (row: Line, { width }: Size): number => width - lineWidth(row) - 2;

/** A sign before its label, and behind the answer as much of what is wrong as there is room for. */
function refusedRow([marker, ...row]: Line, complaint: string, size: Size): Line {
  const pointer = marker?.text.trim() ?? '';
  const refused: Line = [span(pointer || ' ', 'accent'), span('!', 'bad', { bold: true }), ...row];
  const room = roomBehind(refused, size);
  if (room < leastComplaint) return refused;
  return [...refused, span('  '), span(cutText(cleanLine(complaint), room, size.glyphs.ellipsis), 'bad')];
}

/** What the field under the cursor is for; where what is wrong with it has no room behind it, that. */
export function helpRows<Values>(fields: readonly Field<Values>[], form: FormState<Values>, size: Size): Line[] {
  const field = fieldAt(fields, form);
  const flag = field?.kind === 'flags' ? field.options?.(form.values)[form.flag] : undefined;
  const complaint = field === undefined ? null : complaintOf(field, form);
  const unsaid =
    field !== undefined &&
    complaint !== null &&
    widthOf(complaint) > roomBehind(fieldRow(field, form, true, size), size);
  const rows = unsaid
    ? wrapped(complaint, size.width, 'bad')
    : wrapped(flag?.help ?? field?.help ?? '', size.width, 'dim');
  const shown = rows.slice(0, helpHeight);
  return [...shown, ...Array.from({ length: helpHeight - shown.length }, () => blank)];
}

/** Behind the title of a form: what its mark means. */
export const requiredNote: Span = span(`  ${mark} needed`, 'dim');

/** A refused answer; and one that is there but wrong, while it is typed. */
function complaintOf<Values>(field: Field<Values>, { values, error }: FormState<Values>): string | null {
  if (error?.field === field.id) return error.text;
  return field.value(values).trim() === '' ? null : (field.check?.(values) ?? null);
}

/** How many fields are folded away, and what they hold. */
function foldRow<Values>(
  fields: readonly Field<Values>[],
  form: FormState<Values>,
  focused: boolean,
  { glyphs, width }: Size,
): Line {
  const folded = fields.filter((field) => field.folded);
  const held = folded.flatMap((field) => {
    const text = shownValue(field, form.values);
    return text === '' ? [] : [field.kind === 'choice' ? text : `${field.label} ${text}`];
  });
  const text = form.unfolded ? 'shown below' : held.join(', ');
  const label = `${glyphs.folded} ${folded.length} more`.padEnd(labelWidth);
  return [
    span(focused ? `${glyphs.pointer} ` : '  ', 'accent'),
    span(label, focused ? 'accent' : 'dim'),
    span(cutText(cleanLine(text), width - labelWidth - 4, glyphs.ellipsis), 'dim'),
  ];
}

/** What a field holds, in a word. */
function shownValue<Values>(field: Field<Values>, values: Values): string {
  const value = field.value(values);
  if (field.kind === 'choice') return field.options?.(values).find((option) => option.value === value)?.label ?? '';
  return value;
}

function fieldRow<Values>(field: Field<Values>, form: FormState<Values>, focused: boolean, size: Size): Line {
  const { glyphs, width } = size;
  const marker = span(focused ? `${glyphs.pointer} ` : '  ', 'accent');
  if (field.kind === 'button')
    return [marker, span(` ${field.label} `, focused ? 'accent' : 'plain', { bold: true, inverse: focused })];
  const label = `${field.label}${field.required === undefined ? '' : ` ${mark}`}`;
  const head: Line = [marker, span(label.padEnd(labelWidth), focused ? 'accent' : 'dim')];
  const value = field.value(form.values);
  const room = width - labelWidth - 4;
  switch (field.kind) {
    case 'choice': {
      const shown = field.options?.(form.values).find((option) => option.value === value)?.label ?? 'reading';
      const [left, right] = focused ? [`${glyphs.left} `, ` ${glyphs.right}`] : ['', ''];
      return [...head, span(left, 'dim'), span(cleanLine(shown)), span(right, 'dim')];
    }
    case 'fold':
      return head;
    case 'toggle':
      return [...head, span(value === 'yes' ? glyphs.on : glyphs.off), span(` ${value}`)];
    case 'flags':
      return [...head, ...flagSpans(field, form, focused, room, size)];
    case 'secret': {
      // As many whatever is typed: its length is nobody's business.
      const stars = value === '' ? '' : '********';
      return [...head, ...(focused ? withCursor([...stars], stars.length, room) : [span(stars)])];
    }
    case 'text': {
      if (focused) return [...head, ...withCursor([...value], form.cursor ?? [...value].length, room)];
      if (value === '') return [...head, span(field.placeholder ?? '', 'dim')];
      return [...head, span(cutText(cleanLine(value), room, glyphs.ellipsis))];
    }
  }
}

/** The checklist on one row; the one under the cursor is inverse. Flags that do not fit scroll. */
function flagSpans<Values>(
  field: Field<Values>,
  form: FormState<Values>,
  focused: boolean,
  room: number,
  { glyphs }: Size,
): Line {
  const ticked = field.value(form.values).split(',');
  const items = (field.options?.(form.values) ?? []).map(({ value, label }, index) => {
    const on = ticked.includes(value);
    return { text: `${on ? glyphs.on : glyphs.off} ${label}`, on, under: focused && index === form.flag };
  });
  let first = 0;
  const total = (from: number, to: number): number =>
    items.slice(from, to).reduce((sum, { text }) => sum + widthOf(text) + 2, 0);
  while (first < form.flag && total(first, form.flag + 1) > room) first += 1;
  return items
    .slice(focused ? first : 0)
    .flatMap(({ text, on, under }) => [span(text, on ? 'good' : 'dim', { inverse: under }), span('  ')]);
}

/** The text around the cursor, which is an inverse cell: what does not fit the room stays out, by its columns. */
function withCursor(points: readonly string[], cursor: number, room: number): Line {
  let first = cursor;
  for (let used = 0; first > 0; first -= 1) {
    used += widthOf(points[first - 1] ?? '');
    if (used > room - 2) break;
  }
  const before = points.slice(first, cursor).join('');
  const under = points[cursor] ?? ' ';
  const after = cutText(points.slice(cursor + 1).join(''), Math.max(0, room - widthOf(before) - 2), '');
  return [span(before), span(under, 'plain', { inverse: true }), span(after)];
}

/** What is going on, below a form that has been sent. */
export const busyRow = (text: string, { glyphs }: Size): Line => line(`${text}${glyphs.ellipsis}`, 'accent');
