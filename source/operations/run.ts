import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import { pause } from '../xapi/pause.ts';
import type { Ref, VmRecord } from '../xapi/records.ts';
import type { Bench, Progress } from './actions/action.ts';
import { kindOf } from './actions/index.ts';
import type { RunContext } from './context.ts';
import { begin } from './in-flight.ts';
import type { JournalEvent } from './journal.ts';
import { forbiddenProblem } from './permitted.ts';
import type { Action, Plan } from './plan.ts';
import { planView } from './plan-view.ts';
import { roundsOf } from './rounds.ts';

export interface StepEvent {
  readonly index: number;
  readonly total: number;
  readonly step: string;
  readonly state: 'begun' | 'done' | 'failed' | 'undone';
}

/**
 * What a run came to. `remains` says in words what could not be taken back, and is empty when all of it was; `begun`:
 * something was sent that may have changed the host.
 */
export interface Outcome {
  readonly plan: Plan;
  /** Null when nothing was made, or what was made is gone. */
  readonly ref: Ref | null;
  readonly uuid: string;
  readonly changed: boolean;
  readonly repaired: readonly string[];
  readonly notes: readonly string[];
  readonly problem: Problem | null;
  readonly begun: boolean;
  readonly remains: readonly string[];
  /** The object's record, where the last step has read it: nobody need look again. */
  readonly seen: VmRecord | null;
}

/**
 * Carries a plan out, round by round. When the answer to a step is lost, the host is asked whether it happened; then the
 * run goes on, does it once more, or fails. A failure or an interrupt takes back what was begun, in reverse, under a
 * deadline of its own; a step in flight is awaited first. Never throws: the outcome says what happened.
 */
export async function execute(
  plan: Plan,
  context: RunContext,
  onStep: (event: StepEvent) => void = () => {},
): Promise<Outcome> {
  const run = new Run(plan, context, onStep);
  const finish = begin(`${plan.operation} ${plan.target.name} (run ${plan.id})`);
  try {
    return await run.toItsEnd();
  } finally {
    finish();
  }
}

class Run {
  private readonly plan: Plan;
  private readonly context: RunContext;
  private readonly onStep: (event: StepEvent) => void;
  private readonly progress: Progress;
  /** Steps that were carried out, or may have been. */
  private readonly touched: Action[] = [];
  private readonly steps: readonly string[];
  /** UUID, for the journal; empty when the host did not say it. */
  private pool = '';

  constructor(plan: Plan, context: RunContext, onStep: (event: StepEvent) => void) {
    this.plan = plan;
    this.context = context;
    this.onStep = onStep;
    const { id, target } = plan;
    const there = target.kind === 'existing';
    this.progress = {
      id,
      target,
      ref: there ? target.ref : null,
      uuid: there ? target.uuid : '',
      repaired: [],
      snapshot: null,
      wrote: false,
      seen: null,
      notes: [],
    };
    this.steps = planView(plan).map(({ step }) => step);
  }

  async toItsEnd(): Promise<Outcome> {
    const facts = await this.context.host.facts().catch(() => null);
    this.pool = facts?.poolUuid ?? '';
    this.note('planned');
    const reads = this.context.host.session.access === 'read' || facts === null;
    let problem: Problem | null = reads ? null : forbiddenProblem(this.plan, facts.account);
    for (const round of roundsOf(this.plan.actions)) {
      if (problem !== null) break;
      const ends = await Promise.all(round.map((action) => this.step(action)));
      problem = ends.find((end) => end !== null) ?? null;
    }
    const remains = problem === null ? [] : await this.takeBack();
    return this.outcome(problem, remains);
  }

  /** One step to its end, whatever that is. */
  private async step(action: Action): Promise<Problem | null> {
    const index = this.plan.actions.indexOf(action);
    try {
      this.context.signal.throwIfAborted();
      this.tell(index, 'begun');
      await this.carryOut(action);
      this.tell(index, 'done');
      return null;
    } catch (error) {
      const problem = this.problemOf(error);
      this.tell(index, 'failed', problem.message);
      return problem;
    }
  }

  /** One step. What is thrown after it was sent leaves it among what has to be taken back. */
  private async carryOut(action: Action): Promise<void> {
    const kind = kindOf(action);
    const bench = this.bench(limits.run.step);
    this.touched.push(action);
    this.progress.seen = null;
    try {
      await kind.perform(action, bench);
    } catch (error) {
      if (!(error instanceof ConnectionFailure) || this.context.signal.aborted) throw error;
      const happened = await this.judge(action, error);
      if (happened === true) return;
      if (happened === null || !kind.repeatable) throw error;
      await kind.perform(action, bench);
    }
    if (action.do !== 'read-back') this.progress.wrote = true;
  }

  /** Whether a step whose answer was lost was carried out; the host is waited for. */
  private async judge(action: Action, lost: ConnectionFailure): Promise<boolean | null> {
    const began = performance.now();
    for (let wait = 250; ; wait = Math.min(wait * 2, 4000)) {
      try {
        const happened = await kindOf(action).happened(action, this.bench(this.context.recovery));
        if (happened === true) this.progress.wrote = true;
        return happened;
      } catch (error) {
        const away = error instanceof ConnectionFailure && performance.now() - began < this.context.recovery;
        if (!away || this.context.signal.aborted) throw lost;
        await pause(wait, this.context.signal);
      }
    }
  }

  /** In reverse. Undo has its own time: the user's interrupt must not stop it half-way. */
  private async takeBack(): Promise<string[]> {
    const bench = this.bench(this.context.recovery, AbortSignal.timeout(this.context.recovery));
    const views = planView(this.plan);
    const remains: string[] = [];
    const remain = (index: number, text: string): void => {
      this.note('left', index, text);
      remains.push(text);
    };
    for (const action of [...this.touched].reverse()) {
      // What was made goes as a whole, with its clone.
      const part = this.plan.target.kind === 'made' && action.do !== 'clone' && action.do !== 'claim';
      if (part) continue;
      const index = this.plan.actions.indexOf(action);
      const step = this.steps[index] ?? action.do;
      try {
        const left = await kindOf(action).undo(action, bench);
        if (left === null) this.note('undone', index);
        else remain(index, `${step}: ${left}`);
      } catch (error) {
        remain(index, `${step}: ${this.context.host.explain(error).message}${byHand(views[index], action)}`);
      }
    }
    return remains;
  }

  private outcome(problem: Problem | null, remains: readonly string[]): Outcome {
    const { progress, plan } = this;
    const gone = problem !== null && plan.target.kind === 'made' && remains.length === 0;
    return {
      plan,
      ref: gone ? null : progress.ref,
      uuid: gone ? '' : progress.uuid,
      changed: problem === null ? progress.wrote : remains.length > 0,
      repaired: progress.repaired,
      notes: progress.notes,
      problem,
      seen: problem === null ? progress.seen : null,
      begun: this.touched.length > 0 && problem?.code !== 'read-only',
      remains,
    };
  }

  private problemOf(error: unknown): Problem {
    const interrupted = this.context.signal.aborted && !(error instanceof ConnectionFailure);
    if (interrupted) return { code: 'interrupted', exit: exit.interrupted, message: 'Interrupted.' };
    return this.context.host.explain(error);
  }

  private bench(patience: number, signal?: AbortSignal): Bench {
    const session = this.context.host.session.within({ patience, ...(signal === undefined ? {} : { signal }) });
    return { session, context: this.context, progress: this.progress };
  }

  private tell(index: number, state: StepEvent['state'], error?: string): void {
    this.note(state, index, error);
    this.onStep({ index, total: this.plan.actions.length, step: this.steps[index] ?? '', state });
  }

  private note(event: JournalEvent['event'], index?: number, error?: string): void {
    const { plan, context } = this;
    context.journal.write({
      id: plan.id,
      at: new Date().toISOString(),
      user: context.by,
      host: context.host.address,
      pool: this.pool,
      operation: plan.operation,
      target: plan.target.kind === 'existing' ? plan.target.uuid : plan.target.name,
      name: plan.target.name,
      ...(this.progress.uuid === '' ? {} : { uuid: this.progress.uuid }),
      event,
      ...(index === undefined ? {} : { step: this.steps[index] ?? '', index }),
      ...(event === 'planned' ? { plan: plan.actions } : {}),
      ...(error === undefined ? {} : { error }),
    });
  }
}

/** Where a thing that may be left can be found, when nobody could look. */
function byHand(view: { readonly after: string } | undefined, action: Action): string {
  return action.do === 'clone' ? ` If it was made, it is called "${view?.after ?? action.label}".` : '';
}

/** The problem of an outcome as an exception, for whoever has nothing else to tell. */
export function throwProblem(problem: Problem | null): void {
  if (problem !== null) throw new ProblemError(problem);
}
