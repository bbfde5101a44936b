import { reasonText } from '../boot/missing.ts';
import type { Plan, StepView } from '../operations/plan.ts';
import { planView } from '../operations/plan-view.ts';
import { diskText, type Summary, sourceText } from '../operations/summary.ts';
import type { Finding } from '../problem/finding.ts';
import { cleanLine, cleanRow } from '../text/clean.ts';
import { saidOf } from '../text/said-once.ts';
import { shortName } from '../text/short-name.ts';
import { cutText, wrapText } from '../text/width.ts';
import { adviceText } from './advice.ts';
import type { Changed } from './changed.ts';
import { table } from './table.ts';

// What stands above the question. It fits a terminal of 80 by 24: whoever agrees has seen all of it.

const width = 78;
const labels = 14;
/** Rows of VMs: head, findings and question need the others. */
const mostRows = 14;
/** Characters of a value that a step names. */
const shortValue = 30;
/** Of what is said of one that has no plan: some rows. */
const mostOfProblem = 400;

/** One plan with all that matters of it, or several in a row each. */
export function previewLines(plans: readonly Plan[], summary: Summary): string[] {
  const [only, ...others] = plans;
  const findings = [...plans.flatMap(({ notes }) => notes), ...summary.findings];
  return [
    ...(only !== undefined && others.length === 0 ? oneLines(only, summary) : manyLines(plans, summary)),
    ...unique(findings).flatMap(findingRows),
  ];
}

function oneLines(plan: Plan, { head }: Summary): string[] {
  const { standing, erases, sources, target } = plan;
  const steps = planView(plan);
  return [
    cutText(cleanLine(`${plan.operation} ${plan.target.name}`), width),
    ...(standing === undefined
      ? []
      : [
          ...row('now', standing.condition),
          ...row('on record', standing.history),
          ...standing.reasons.flatMap((reason) => row('missing', reasonText(reason))),
        ]),
    ...(erases.length === 0 ? [] : row('ERASES', erases.map(diskText).join(', '))),
    ...sources.flatMap((source) => row(source.what, sourceText(source))),
    ...(target.kind === 'made' ? row('takes', head) : []),
    ...row('steps', steps.length === 0 ? 'nothing to do' : steps.map(stepText).join('; ')),
  ];
}

function manyLines(plans: readonly Plan[], { head, rows }: Summary): string[] {
  const shown = rows.slice(0, mostRows).map(({ name, text }) => ['', name, text]);
  const more = rows.length - shown.length;
  const told = more === 0 ? '--dry-run shows each step' : `and ${more} more; --dry-run shows them all, step by step`;
  return [
    ...wrapText(cleanLine(`${plans[0]?.operation ?? ''}: ${head}`), width),
    ...table(['', '', ''], shown, { columns: width, names: 1 }).slice(1),
    `  ${told}`,
  ];
}

/** Those that were named with the others and have no plan. */
export const withoutLines = (refused: Iterable<Changed>): string[] =>
  [...refused].map(({ item, problem }) =>
    cutText(
      cleanLine(`  without ${shortName(item.name)}: ${saidOf(item.name, problem?.message ?? '')}`),
      mostOfProblem,
    ),
  );

/** A label and its text, over as many rows as it needs. */
const row = (label: string, text: string): string[] =>
  wrapText(cleanLine(text), width - labels).map((part, i) => `  ${(i === 0 ? label : '').padEnd(labels - 2)}${part}`);

/** Long values stand among the sources. */
function stepText({ step, before, after }: StepView): string {
  const short = [before, after].filter((side) => side !== '' && side.length <= shortValue);
  return before === '' || short.length < 2 ? step : `${step}: ${short.join(' -> ')}`;
}

const findingRows = ({ severity, message, try: advice }: Finding): string[] => [
  ...row(severity === 'info' ? 'note' : severity, message),
  ...(advice === undefined ? [] : row('  try', adviceText(advice, cleanRow))),
];

/** The same of several VMs is said once. */
const unique = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [finding.message, finding])).values(),
];
