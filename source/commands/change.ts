import type { Host } from '../hosts/host.ts';
import { readVm, type Vm } from '../hosts/vm.ts';
import { execute, type Outcome, withRemains } from '../operations/execute.ts';
import type { Hands } from '../operations/hands.ts';
import type { Plan, StepView } from '../operations/plan.ts';
import { planView } from '../operations/words.ts';
import { exit } from '../problem/exit.ts';
import { fail, type Problem, ProblemError, toProblem } from '../problem/problem.ts';
import { cleanLine } from '../text/clean.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { findingLines, planLines, problemLines } from './print.ts';
import { absentItem, problemJson, type VmItem, vmItem, xeLines } from './vm-json.ts';

/** One target of a command that changes things: what became of it. */
export interface Changed {
  readonly item: VmItem;
  readonly problem: Problem | null;
  readonly lines: readonly string[];
  readonly steps: readonly StepView[];
}

/** What changes existing VMs asks first; without a terminal --yes must say it. */
export async function confirm(options: GlobalOptions, around: Surroundings, question: string): Promise<boolean> {
  if (options.yes || options.dryRun) return true;
  if (!around.interactive) {
    fail({
      code: 'needs-yes',
      exit: exit.usage,
      message: 'This changes an existing VM, and there is no terminal to ask at.',
      try: ['Add --yes, or --dry-run to see what would be done.'],
    });
  }
  return around.ask(question);
}

export function refuseReadOnly(options: GlobalOptions): void {
  if (!options.readOnly || options.dryRun) return;
  fail({
    code: 'read-only',
    exit: exit.refused,
    message: 'Nothing is changed with --read-only.',
    try: ['Use --dry-run.'],
  });
}

/**
 * Runs `one` for each name, `concurrency` at a time; results keep the order of the names. A problem of one does not
 * stop the others, an interrupt does.
 */
export async function eachName(
  given: readonly string[],
  host: Host,
  around: Surroundings,
  one: (name: string) => Promise<Changed>,
  concurrency = 1,
): Promise<Changed[]> {
  const names = [...new Set(given)];
  const all: Changed[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < names.length; at = next++) {
      const name = names[at] ?? '';
      const done = around.signal.aborted ? Promise.reject(around.signal.reason) : one(name);
      all[at] = await done.catch((error: unknown) => failedItem(name, host, around, error));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, names.length)) }, worker));
  return all;
}

function failedItem(name: string, host: Host, around: Surroundings, error: unknown): Changed {
  const known = error instanceof ProblemError || around.signal.aborted;
  const problem = known ? toProblem(error) : host.explain(error);
  return { item: { ...absentItem(name), ok: false, error: problemJson(problem) }, problem, lines: [], steps: [] };
}

/** Previews or executes one plan and says in the VM's item what it came to. */
export async function applyPlan(
  plan: Plan,
  before: Vm | null,
  hands: Hands,
  options: GlobalOptions,
): Promise<Changed> {
  const steps = planView(plan);
  if (options.dryRun) {
    const lines = [`${plan.operation} ${cleanLine(plan.target.name)}`, ...erased(plan), ...planLines(steps)];
    if (steps.length === 0) lines.push('  nothing to do');
    const item = before === null ? absentItem(plan.target.name) : vmItem(before);
    return { item: { ...item, ok: true, changed: false, xe: xeLines(steps) }, problem: null, lines, steps };
  }
  const outcome = await execute(plan, hands);
  const after = outcome.ref === '' ? null : await readVm(hands.host.session, outcome.ref).catch(() => null);
  const problem = withRemains(outcome);
  return {
    item: itemOf(plan, outcome, before, after, problem, steps),
    problem,
    lines: [...findingLines(plan.notes), ...outcomeLine(plan, outcome, after, problem)],
    steps,
  };
}

function itemOf(
  plan: Plan,
  outcome: Outcome,
  before: Vm | null,
  after: Vm | null,
  problem: Problem | null,
  steps: readonly StepView[],
): VmItem {
  const item = after === null ? absentItem(plan.target.name) : vmItem(after);
  const stateAnd = (vm: Vm) => ({ state: vmItem(vm).state, powerState: vmItem(vm).powerState });
  return {
    ...item,
    ok: problem === null,
    changed: outcome.changed,
    ...(before === null ? {} : { before: stateAnd(before) }),
    ...(after === null ? {} : { after: stateAnd(after) }),
    ...(outcome.repaired.length === 0 ? {} : { repaired: outcome.repaired }),
    xe: xeLines(steps),
    ...(problem === null ? {} : { error: problemJson(problem) }),
  };
}

function outcomeLine(plan: Plan, outcome: Outcome, after: Vm | null, problem: Problem | null): string[] {
  if (problem !== null) return [];
  const name = cleanLine(plan.target.name);
  const state = after === null ? '' : vmItem(after);
  const now = state === '' ? '' : `: ${state.state}, ${state.powerState}`;
  const repaired =
    outcome.repaired.length === 0 ? '' : `; written again because it was lost: ${outcome.repaired.join(', ')}`;
  const uuid = outcome.uuid === '' ? '' : `  ${outcome.uuid}`;
  return [
    outcome.changed ? `${name}${now}${repaired}${uuid}` : `${name}: nothing to do${now.replace(':', ',')}${uuid}`,
  ];
}

const erased = (plan: Plan): string[] =>
  plan.erases.length === 0 ? [] : [`  the next boot erases: ${plan.erases.join(', ')}`];

/** A change and the start after it as one: what was written stays said when the start fails. */
export function withStart(first: Changed, started: Changed): Changed {
  const { before, repaired, changed, xe = [] } = first.item;
  return {
    ...started,
    item: {
      ...started.item,
      changed: (changed ?? false) || (started.item.changed ?? false),
      ...(before === undefined ? {} : { before }),
      ...(repaired === undefined ? {} : { repaired }),
      xe: [...xe, ...(started.item.xe ?? [])],
    },
    lines: [...first.lines, ...started.lines],
  };
}

/** A target left as it was, with the reason. */
export const unchanged = (vm: Vm, problem: Problem): Changed => ({
  item: { ...vmItem(vm), ok: false, changed: false, attemptUsed: false, error: problemJson(problem) },
  problem,
  lines: [],
  steps: [],
});

/** All targets together: 0, the one code they share, or 9 when only some failed. */
export function summary(all: readonly Changed[], options: GlobalOptions): Result {
  const failed = all.filter((one) => one.problem !== null);
  const codes = new Set(failed.map((one) => one.problem?.exit));
  const code =
    failed.length === 0
      ? 0
      : failed.length === all.length && codes.size === 1
        ? (failed[0]?.problem?.exit ?? 1)
        : exit.someFailed;
  const only = all.length === 1 ? failed[0]?.problem : undefined;
  const interrupted = failed.some((one) => one.problem?.exit === exit.interrupted);
  const aggregate: Problem = {
    code: 'some-failed',
    exit: exit.someFailed,
    message: `${failed.length} of ${all.length} failed.`,
  };
  return {
    exit: interrupted ? exit.interrupted : code,
    json: {
      ...(failed.length === 0
        ? {}
        : { error: problemJson(only ?? (code === exit.someFailed ? aggregate : (failed[0]?.problem ?? aggregate))) }),
      vms: all.map((one) => one.item),
      ...(options.dryRun ? { dryRun: true, plan: all.flatMap((one) => one.steps) } : {}),
    },
    lines: all.flatMap((one) => one.lines),
    problems: failed.flatMap(({ item, problem }) => {
      if (problem === null) return [];
      // Among several the line must say which one it is about.
      const named = all.length > 1 && !problem.message.includes(item.name);
      return problemLines(named ? { ...problem, message: `${item.name}: ${problem.message}` } : problem);
    }),
  };
}
