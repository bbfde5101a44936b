import { reasonText } from '../boot/missing.ts';
import type { Plan } from '../operations/plan.ts';
import { planView } from '../operations/plan-view.ts';
import { disksMade, diskText } from '../operations/summary.ts';
import type { Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import { cleanLine, cleanRow } from '../text/clean.ts';
import { printShell, type ShellLine } from '../text/shell.ts';
import { shortName } from '../text/short-name.ts';
import { adviceText } from './advice.ts';

// What is printed for people. `plainText` is the one exit: it cleans each row. What must line up, and every word of a
// shell line, is cleaned before it is measured or quoted: cleaning a quoted line could eat a quote.

/** One row of output: nothing in it steers the terminal. */
export const plainText = cleanRow;

const mostText = 2000;

/** Foreign text as one line, and not without end: a host's error may have any length. */
const oneLine = (text: string): string => {
  const line = cleanLine(text.slice(0, mostText));
  return text.length > mostText ? `${line} …` : line;
};

/** A problem in lines: what failed, why, what to try. */
export function problemLines({ message, cause, url, try: advice = [] }: Problem): string[] {
  return [
    `xenfai: ${oneLine(message)}`,
    ...(cause === undefined ? [] : [`  why: ${oneLine(cause)}`]),
    ...(url === undefined ? [] : [`  url: ${oneLine(url)}`]),
    ...advice.map((one) => `  try: ${adviceText(one, cleanRow)}`),
  ];
}

const signs = { error: 'error  ', warning: 'warning', info: 'note   ' } as const;

export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) => [
    `${signs[finding.severity]}  ${oneLine(finding.message)}`,
    ...(finding.try === undefined ? [] : [`         try: ${adviceText(finding.try, cleanRow)}`]),
  ]);
}

export const shellText = (line: ShellLine): string => printShell(line, cleanRow);

/** A plan before it is carried out: what is erased first, then each step with the lines for xe below it. */
export function planLines(plan: Plan): string[] {
  const steps = planView(plan);
  return [
    `${plan.operation} ${shortName(plan.target.name)}`,
    ...(plan.erases.length === 0
      ? []
      : [`  the next boot ERASES ${plan.erases.map(diskText).join(', ')} of ${shortName(plan.target.name)}`]),
    ...disksMade(plan).map((disk) => `  makes ${diskText(disk)}`),
    ...(plan.standing?.reasons ?? []).map((reason) => `  missing ${reason.missing}: ${reasonText(reason)}`),
    ...findingLines(plan.notes).map((line) => `  ${line}`),
    ...steps.flatMap(({ step, before, after, xe }) => {
      const change = [before, after].filter((side) => side !== '').map(oneLine);
      const told = change.length === 0 ? '' : `: ${change.join(' -> ')}`;
      return [`  ${step}${told}`, ...xe.map((line) => `    ${shellText(line)}`)];
    }),
    ...(steps.length === 0 ? ['  nothing to do'] : []),
  ];
}
