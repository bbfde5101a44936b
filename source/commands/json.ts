import type { StepView } from '../operations/plan.ts';
import type { Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import { escapeForJson } from '../text/clean.ts';
import { printShell, type ShellLine } from '../text/shell.ts';
import { adviceText } from './advice.ts';

/** Any document of ours as one line. Foreign text in it is raw; what steers a terminal or hides is written \uXXXX. */
export const jsonText = (value: unknown): string => escapeForJson(JSON.stringify(value));

export const problemJson = ({ code, message, cause, try: advice, url, host }: Problem) => ({
  code,
  message,
  ...(cause === undefined ? {} : { cause }),
  ...(advice === undefined ? {} : { try: advice.map((one) => adviceText(one)) }),
  ...(url === undefined ? {} : { url }),
  ...(host === undefined ? {} : { host }),
});

export const findingJson = ({ try: advice, ...finding }: Finding) => ({
  ...finding,
  ...(advice === undefined ? {} : { try: adviceText(advice) }),
});

const linesOf = (lines: readonly ShellLine[]): string => lines.map((line) => printShell(line)).join('\n');

/** A step of a plan; several lines of xe stand in one text. */
export const stepJson = ({ target, step, before, after, xe, undo }: StepView) => ({
  target,
  step,
  before,
  after,
  xe: linesOf(xe),
  undo: linesOf(undo),
});

/** The xe lines of a plan, in their order. */
export const xeLines = (steps: readonly StepView[]): string[] =>
  steps.flatMap(({ xe }) => xe.map((line) => printShell(line)));
