import type { BootRules } from '../boot/releases.ts';
import type { Vm } from '../hosts/vm.ts';
import { carryOutPlan } from '../operations/carry-out.ts';
import type { RunContext } from '../operations/context.ts';
import { outcomeProblem } from '../operations/outcome.ts';
import type { Plan, StepView } from '../operations/plan.ts';
import { planView } from '../operations/plan-view.ts';
import type { Outcome } from '../operations/run.ts';
import { exit } from '../problem/exit.ts';
import type { Problem } from '../problem/problem.ts';
import { isNamedIn } from '../text/said-once.ts';
import type { Given } from './global-flags.ts';
import { problemJson, stepJson, xeLines } from './json.ts';
import { findingLines, planLines } from './plain.ts';
import type { Result } from './result.ts';
import { absentItem, condition, type VmItem, vmItem } from './vm-json.ts';

/** One target of a command that changes things: what became of it. */
export interface Changed {
  readonly item: VmItem;
  readonly problem: Problem | null;
  readonly lines: readonly string[];
  readonly steps: readonly StepView[];
}

/** A target that was never come to. */
export const failed = (name: string, problem: Problem): Changed => ({
  item: { ...absentItem(name), ok: false, error: problemJson(problem) },
  problem,
  lines: [],
  steps: [],
});

/** A target left as it was, with the reason. */
export const unchanged = (vm: Vm, rules: BootRules, problem: Problem): Changed => ({
  item: { ...vmItem(vm, rules), ok: false, changed: false, attemptUsed: false, error: problemJson(problem) },
  problem,
  lines: [],
  steps: [],
});

/** What --dry-run tells of a plan. */
export function previewed(plan: Plan, before: Vm | null, rules: BootRules): Changed {
  const steps = planView(plan);
  const item = before === null ? absentItem(plan.target.name) : vmItem(before, rules);
  return {
    item: { ...item, ok: true, changed: false, xe: xeLines(steps) },
    problem: null,
    lines: planLines(plan),
    steps,
  };
}

/** Previews a plan, or carries it out and says in the VM's item what it came to. */
export async function applyPlan(
  plan: Plan,
  before: Vm | null,
  context: RunContext,
  options: Given,
): Promise<Changed> {
  const { rules } = await context.host.facts();
  if (options.dryRun) return previewed(plan, before, rules);
  const { outcome, after, text } = await carryOutPlan(plan, context, rules);
  return changedBy(outcome, before, after, rules, text);
}

/** An outcome as the item and the line of the output. */
export function changedBy(
  outcome: Outcome,
  before: Vm | null,
  after: Vm | null,
  rules: BootRules,
  text: string,
): Changed {
  const { plan, changed, repaired, notes } = outcome;
  const problem = outcomeProblem(outcome);
  const steps = planView(plan);
  const item = after === null ? absentItem(plan.target.name) : vmItem(after, rules);
  const uuid = outcome.uuid === '' ? '' : `  ${outcome.uuid}`;
  return {
    item: {
      ...item,
      ok: problem === null,
      changed,
      ...(before === null ? {} : { before: condition(vmItem(before, rules)) }),
      ...(after === null ? {} : { after: condition(item) }),
      ...(repaired.length === 0 ? {} : { repaired }),
      ...(notes.length === 0 ? {} : { notes }),
      xe: xeLines(steps),
      ...(problem === null ? {} : { error: problemJson(problem) }),
    },
    problem,
    lines: [...findingLines(plan.notes), `${plan.target.name}: ${text}${uuid}`, ...notes.map((text) => `  ${text}`)],
    steps,
  };
}

/** A change and the start after it as one: what was written stays said when the start fails. */
export function withStart(first: Changed, started: Changed): Changed {
  const { before, repaired, changed, xe = [], notes = [] } = first.item;
  const allNotes = [...notes, ...(started.item.notes ?? [])];
  return {
    ...started,
    item: {
      ...started.item,
      changed: (changed ?? false) || (started.item.changed ?? false),
      ...(before === undefined ? {} : { before }),
      ...(repaired === undefined ? {} : { repaired }),
      ...(allNotes.length === 0 ? {} : { notes: allNotes }),
      xe: [...xe, ...(started.item.xe ?? [])],
    },
    lines: [...first.lines, ...started.lines],
  };
}

/** All targets together: 0, the one code they share, or 9 when only some failed. */
export function summary(all: readonly Changed[], options: Pick<Given, 'dryRun'>): Result {
  const problems = all.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  const { code, error } = together(problems, all.length);
  return {
    exit: code,
    json: {
      ...error,
      vms: all.map((one) => one.item),
      ...(options.dryRun ? { dryRun: true, plan: all.flatMap((one) => one.steps.map(stepJson)) } : {}),
    },
    lines: all.flatMap((one) => one.lines),
    // Among several the line must say which one it is about.
    problems: all.flatMap(({ item, problem }) => {
      if (problem === null) return [];
      const named = all.length === 1 || isNamedIn(item.name, problem.message);
      return [named ? problem : { ...problem, message: `${item.name}: ${problem.message}` }];
    }),
  };
}

/** What several problems among so many targets come to, as exit code and as `error` of the document. */
export function together(problems: readonly Problem[], all: number) {
  const code = exitOf(problems, all);
  const [first] = problems;
  const aggregate: Problem = {
    code: 'some-failed',
    exit: exit.someFailed,
    message: `${problems.length} of ${all} failed.`,
  };
  const error = first === undefined ? {} : { error: problemJson(code === exit.someFailed ? aggregate : first) };
  return { code, error };
}

function exitOf(problems: readonly Problem[], all: number): number {
  const [first] = problems;
  if (first === undefined) return exit.done;
  if (problems.some((problem) => problem.exit === exit.interrupted)) return exit.interrupted;
  const alike = problems.length === all && problems.every((problem) => problem.exit === first.exit);
  return alike ? first.exit : exit.someFailed;
}
