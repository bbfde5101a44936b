import { exit } from '../problem/exit.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import { WireFailure } from '../xapi/errors.ts';
import { ref, refs } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { pause } from '../xapi/task.ts';
import { carryOut, destroyWithDisks, type Progress, takeBack } from './actions.ts';
import type { Hands, JournalEvent } from './hands.ts';
import { begin } from './in-flight.ts';
import type { Action, Plan } from './plan.ts';
import { planView } from './words.ts';

export interface StepEvent {
  readonly index: number;
  readonly total: number;
  readonly step: string;
  readonly state: 'begun' | 'done' | 'failed' | 'undone';
}

/** What a plan came to. `ref` is empty when nothing was made. `remains`: what could not be taken back. */
export interface Outcome {
  readonly ref: string;
  readonly uuid: string;
  readonly changed: boolean;
  readonly repaired: readonly string[];
  readonly problem: Problem | null;
  readonly remains: readonly string[];
}

const undoTime = 30_000;

/**
 * Runs the steps of a plan in order. A failure or an interrupt takes back what was begun, under a deadline of its
 * own, in reverse; a step in flight is awaited first. Never throws: the outcome says what happened.
 */
export async function execute(
  plan: Plan,
  hands: Hands,
  onStep: (event: StepEvent) => void = () => {},
): Promise<Outcome> {
  const progress: Progress = {
    ref: plan.target.kind === 'existing' ? plan.target.ref : '',
    uuid: plan.target.kind === 'existing' ? plan.target.uuid : '',
    repaired: [],
    snapshot: '',
    wrote: false,
  };
  const views = planView(plan);
  const done: Action[] = [];
  const journal = journalOf(plan, hands);
  const finish = begin(`${plan.operation} ${plan.target.name}`);
  journal('planned');
  let problem: Problem | null = null;
  for (const [index, action] of plan.actions.entries()) {
    const step = views[index]?.step ?? action.do;
    const tell = (state: StepEvent['state']) => onStep({ index, total: plan.actions.length, step, state });
    try {
      hands.signal.throwIfAborted();
      tell('begun');
      journal('begun', step);
      await carryOut(action, hands, progress);
      done.push(action);
      tell('done');
      journal('done', step);
    } catch (error) {
      problem = interruptedOr(error, hands);
      if (action.do === 'clone') await adoptClone(action, hands, progress, error);
      if (reversible(action)) done.push(action);
      tell('failed');
      journal('failed', step, problem.message);
      break;
    }
  }
  const remains = problem === null ? [] : await undo(done, hands, progress, journal, plan);
  finish();
  if (problem?.code === 'interrupted' && done.length > 0 && remains.length === 0) {
    problem = { ...problem, message: 'Interrupted; what was begun was taken back.' };
  }
  const gone = problem !== null && plan.target.kind === 'made' && remains.length === 0;
  return {
    ref: gone ? '' : progress.ref,
    uuid: gone ? '' : progress.uuid,
    changed: problem === null ? progress.wrote : remains.length > 0,
    repaired: progress.repaired,
    problem,
    remains,
  };
}

function interruptedOr(error: unknown, hands: Hands): Problem {
  if (!hands.signal.aborted) return hands.host.explain(error);
  if (error instanceof WireFailure) return hands.host.explain(error);
  return { code: 'interrupted', exit: exit.interrupted, message: 'Interrupted.' };
}

/** A step that failed may have been carried out all the same (the answer was lost): its undo is harmless. */
const reversible = (action: Action): boolean => ['set-field', 'set-key', 'mark'].includes(action.do);

const searches = 8;

/**
 * The answer to a clone was lost: the object is found by its name, which carries this run, and by its parent; the
 * clone may still be under way. Nothing else is ever taken for ours.
 */
async function adoptClone(
  action: Action & { do: 'clone' },
  hands: Hands,
  progress: Progress,
  error: unknown,
): Promise<void> {
  const { session } = hands.host;
  if (progress.ref !== '' || !(error instanceof WireFailure) || !action.label.endsWith(` xenfai:${hands.run}`))
    return;
  for (let search = 0; search < searches && progress.ref === ''; search += 1) {
    if (search > 0) await pause(250, null);
    const found = await session.call('VM.get_by_name_label', [action.label], refs).catch(() => []);
    for (const candidate of found) {
      const parent = await session.call('VM.get_parent', [candidate], ref).catch(() => '');
      if (parent === action.source.ref) progress.ref = candidate;
    }
  }
}

async function undo(
  done: readonly Action[],
  hands: Hands,
  progress: Progress,
  journal: (event: JournalEvent['event'], step?: string, error?: string) => void,
  plan: Plan,
): Promise<string[]> {
  const session = withDeadline(hands.host.session);
  const views = planView(plan);
  const remains: string[] = [];
  if (plan.target.kind === 'made') {
    if (progress.ref === '') return [];
    try {
      await destroyWithDisks(session, progress.ref);
      journal('undone', 'clone');
    } catch (error) {
      remains.push(`${plan.target.name} (${progress.uuid || progress.ref}): ${hands.host.explain(error).message}`);
    }
    return remains;
  }
  for (const action of [...done].reverse()) {
    const view = views[plan.actions.indexOf(action)];
    const byHand = view === undefined || view.undo === '' ? '' : ` (by hand: ${view.undo})`;
    try {
      const left = await takeBack(action, session, progress);
      if (left === null) journal('undone', view?.step);
      else remains.push(`${view?.step ?? action.do}: ${left}${byHand}`);
    } catch (error) {
      remains.push(`${view?.step ?? action.do}: ${hands.host.explain(error).message}${byHand}`);
    }
  }
  return remains;
}

/** Undo has its own time: the user's interrupt must not stop it half-way. */
function withDeadline(session: Session): Session {
  const signal = AbortSignal.timeout(undoTime);
  return {
    call: (method, params, result, options) => session.call(method, params, result, { ...options, signal }),
    download: (what) => session.download(what),
    renew: () => session.renew(),
    close: () => session.close(),
  };
}

function journalOf(plan: Plan, hands: Hands) {
  return (event: JournalEvent['event'], step?: string, error?: string): void =>
    hands.emit({
      id: hands.run,
      at: hands.now().toISOString(),
      user: hands.by,
      host: hands.host.address,
      pool: '',
      operation: plan.operation,
      target: plan.target.kind === 'existing' ? plan.target.uuid : plan.target.name,
      event,
      ...(step === undefined ? {} : { step }),
      ...(event === 'planned' ? { plan: plan.actions } : {}),
      ...(error === undefined ? {} : { error }),
    });
}

/** The problem of an outcome with what remains added to its advice. */
export function withRemains(outcome: Outcome): Problem | null {
  if (outcome.problem === null || outcome.remains.length === 0) return outcome.problem;
  const left = ['Left behind, because taking it back failed:', ...outcome.remains];
  return { ...outcome.problem, try: [...(outcome.problem.try ?? []), ...left] };
}

export const throwProblem = (problem: Problem | null): void => {
  if (problem !== null) throw new ProblemError(problem);
};
