import type { StepView } from '../operations/plan.ts';
import type { Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import { cleanLine } from '../text/clean.ts';
import { fitText, widthOf } from '../text/width.ts';

/** Columns as wide as their widest cell; the last one is left ragged. Cells are foreign text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(cleanLine));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : fitText(cell, widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** A problem in lines: what failed, why, what to try. */
export function problemLines(problem: Problem): string[] {
  return [
    `xenfai: ${cleanLine(problem.message)}`,
    ...(problem.cause === undefined ? [] : [`  why: ${cleanLine(problem.cause)}`]),
    ...(problem.url === undefined ? [] : [`  url: ${cleanLine(problem.url)}`]),
    ...(problem.try ?? []).map((advice) => `  try: ${cleanLine(advice)}`),
  ];
}

const signs = { error: 'error  ', warning: 'warning', info: 'note   ' } as const;

export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) => [
    `${signs[finding.severity]}  ${cleanLine(finding.message)}`,
    ...(finding.try === undefined ? [] : [`         try: ${cleanLine(finding.try)}`]),
  ]);
}

/** A plan's steps with before and after, and the line for xe below each. */
export function planLines(steps: readonly StepView[]): string[] {
  return steps.flatMap((step) => {
    const change = [step.before, step.after]
      .filter((part) => part !== '')
      .map(cleanLine)
      .join(' -> ');
    return [
      `  ${step.step}${change === '' ? '' : `: ${change}`}`,
      ...(step.xe === '' ? [] : [`    ${cleanLine(step.xe)}`]),
    ];
  });
}
