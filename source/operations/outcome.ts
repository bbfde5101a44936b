import type { Advice } from '../problem/advice.ts';
import type { Problem } from '../problem/problem.ts';
import { printShell, type ShellLine } from '../text/shell.ts';
import type { Plan } from './plan.ts';
import { planView } from './plan-view.ts';
import type { Outcome } from './run.ts';

/**
 * What a run came to, in the words that the screen and the command line share. `now`: the state of its VM afterwards,
 * where there is one.
 */
export function outcomeText(outcome: Outcome, now: string | null): string {
  const { problem, changed, repaired } = outcome;
  if (problem !== null) return failureText(outcome);
  const state = now ?? 'done';
  if (!changed) return `nothing to do, ${state}`;
  const lost = repaired.length === 0 ? '' : `; written again because the host had lost it: ${repaired.join(', ')}`;
  return `${state}${lost}`;
}

function failureText({ begun, remains, problem }: Outcome): string {
  const word = problem?.code === 'interrupted' ? 'interrupted' : 'failed';
  if (!begun) return `${word}; nothing was changed`;
  return remains.length === 0 ? `${word}; taken back` : `${word}; not all of it could be taken back`;
}

/** The problem of an outcome, with what remains and the line that removes it as advice. */
export function outcomeProblem(outcome: Outcome): Problem | null {
  const { remains, plan, uuid } = outcome;
  const problem = outcome.problem && ofTarget(outcome.problem, plan);
  if (problem === null) return null;
  if (remains.length === 0) {
    return problem.code === 'interrupted' && outcome.begun
      ? { ...problem, message: 'Interrupted; what was begun was taken back.' }
      : problem;
  }
  const undo = planView(plan).flatMap((view) =>
    remains.some((text) => text.startsWith(view.step)) ? view.undo : [],
  );
  const lines = undo.map((line) => (uuid === '' ? line : withUuid(line, uuid)));
  const left = `Left behind, because taking it back failed: ${remains.join('; ')}`;
  return {
    ...problem,
    cause: problem.cause === undefined ? left : `${problem.cause} ${left}`,
    try: [
      ...(problem.try ?? []),
      ...lines.filter((line) => !printShell(line).includes('$VM')),
      ...(plan.target.kind === 'made' ? [{ act: 'list-orphans' as const }] : []),
    ],
  };
}

/** A check that a host's error advises is one of the VM that was to be started. */
function ofTarget(problem: Problem, { target }: Plan): Problem {
  if (problem.try === undefined || target.kind !== 'existing') return problem;
  const named = (advice: Advice): Advice =>
    typeof advice === 'object' && 'act' in advice && advice.act === 'check' ? { ...advice, vm: target.name } : advice;
  return { ...problem, try: problem.try.map(named) };
}

/** The variable of the printed lines is nobody's outside of them. */
const withUuid = (line: ShellLine, uuid: string): ShellLine => ({
  ...line,
  shell: line.shell.map((word) =>
    typeof word === 'object' && 'set' in word && typeof word.to === 'object' ? { set: word.set, to: uuid } : word,
  ),
});
