import { isShellLine } from '../../problem/advice.ts';
import type { Finding } from '../../problem/finding.ts';
import type { Problem } from '../../problem/problem.ts';
import { cleanLine, cleanRow } from '../../text/clean.ts';
import { printShell } from '../../text/shell.ts';
import { cutText } from '../../text/width.ts';
import { type Line, wrapped } from '../kit/lines.ts';
import type { Size } from '../kit/size.ts';
import { adviceText } from './advice.ts';

/** Columns of a text that somebody else may have made longer than any screen; what failed stands at its beginning. */
const longest = 500;

const bounded = (text: string): string => cutText(cleanLine(text), longest);

// The one place of the screen that knows what problems and findings are made of.

/** A problem as rows: what failed, why, what to try. */
export function problemRows(problem: Problem, { width }: Size): Line[] {
  return [
    ...wrapped(bounded(problem.message), width, 'bad'),
    ...(problem.cause === undefined ? [] : wrapped(`Why: ${bounded(problem.cause)}`, width)),
    ...(problem.url === undefined ? [] : wrapped(problem.url, width, 'dim')),
    ...(problem.try ?? []).flatMap((advice) => wrapped(`Try: ${adviceText(advice)}`, width, 'accent')),
  ];
}

const tones = { error: 'bad', warning: 'warn', info: 'dim' } as const;
const words = { error: 'error', warning: 'warning', info: 'note' } as const;

/** Findings as rows; the word says what the colour says. */
export function findingRows(findings: readonly Finding[], { width }: Size): Line[] {
  return findings.flatMap(({ severity, message, try: advice }) => [
    ...wrapped(`${words[severity]}: ${bounded(message)}`, width, tones[severity]),
    ...(advice === undefined ? [] : wrapped(`Try: ${adviceText(advice)}`, width, 'accent', '  ')),
  ]);
}

/** The line for dom0 out of a check's findings. */
export function dom0Line(findings: readonly Finding[]): string | undefined {
  const advice = findings.find(({ code }) => code === 'seen-from-here')?.try;
  return typeof advice === 'object' && isShellLine(advice) ? printShell(advice, cleanRow) : undefined;
}
