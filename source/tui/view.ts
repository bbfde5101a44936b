import type { Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import { type Line, line, span, wrapped } from './lines.ts';
import type { Glyphs } from './theme.ts';

/** What a screen has room for. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly glyphs: Glyphs;
}

/** A problem as rows: what failed, why, what to try. */
export function problemRows(problem: Problem, { width }: Size): Line[] {
  return [
    ...wrapped(problem.message, width, 'bad'),
    ...(problem.cause === undefined ? [] : wrapped(`Why: ${problem.cause}`, width)),
    ...(problem.url === undefined ? [] : wrapped(problem.url, width, 'dim')),
    ...(problem.try ?? []).flatMap((advice) => wrapped(`Try: ${advice}`, width, 'accent')),
  ];
}

const tones = { error: 'bad', warning: 'warn', info: 'dim' } as const;
const words = { error: 'error', warning: 'warning', info: 'note' } as const;

/** Findings as rows; the word says what the colour says. */
export function findingRows(findings: readonly Finding[], { width }: Size): Line[] {
  return findings.flatMap(({ severity, message, try: advice }) => [
    ...wrapped(`${words[severity]}: ${message}`, width, tones[severity]),
    ...(advice === undefined ? [] : wrapped(`Try: ${advice}`, width, 'accent', '  ')),
  ]);
}

export interface FormRow {
  readonly label: string;
  readonly value: string;
  readonly focused: boolean;
  readonly kind: 'text' | 'secret' | 'choice' | 'toggle' | 'button';
  readonly cursor?: number;
  readonly placeholder?: string;
}

const labelWidth = 16;

/** One line of a form: marker, label, value; the cursor is an inverse cell, long values scroll under it. */
export function formRow(row: FormRow, { width, glyphs }: Size): Line {
  const marker = row.focused ? span(`${glyphs.pointer} `, 'accent') : span('  ');
  if (row.kind === 'button')
    return [marker, span(` ${row.label} `, row.focused ? 'accent' : 'plain', { bold: true, inverse: row.focused })];
  const label = span(row.label.padEnd(labelWidth), row.focused ? 'accent' : 'dim');
  const room = width - labelWidth - 4;
  if (row.kind === 'choice') {
    const [left, right] = row.focused ? [`${glyphs.left} `, ` ${glyphs.right}`] : ['', ''];
    return [marker, label, span(left, 'dim'), span(row.value), span(right, 'dim')];
  }
  if (row.kind === 'toggle')
    return [marker, label, span(row.value === 'yes' ? glyphs.on : glyphs.off), span(` ${row.value}`)];
  const shown = row.kind === 'secret' ? '*'.repeat([...row.value].length) : row.value;
  if (!row.focused)
    return [marker, label, shown === '' ? span(row.placeholder ?? '', 'dim') : span(tail(shown, room, glyphs))];
  return [marker, label, ...withCursor([...shown], row.cursor ?? 0, room)];
}

const tail = (text: string, room: number, glyphs: Glyphs): string => {
  const points = [...text];
  return points.length <= room ? text : points.slice(0, room - 1).join('') + glyphs.ellipsis;
};

function withCursor(points: readonly string[], cursor: number, room: number): Line {
  const first = Math.max(0, cursor - room + 2);
  const before = points.slice(first, cursor).join('');
  const under = points[cursor] ?? ' ';
  const after = points.slice(cursor + 1, first + room).join('');
  return [span(before), span(under, 'plain', { inverse: true }), span(after)];
}

export const hint = (text: string): Line => line(text, 'dim');
