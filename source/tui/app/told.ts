import { type CarriedOut, carryOutPlan } from '../../operations/carry-out.ts';
import type { RunContext } from '../../operations/context.ts';
import { outcomeProblem } from '../../operations/outcome.ts';
import type { Plan } from '../../operations/plan.ts';
import type { Outcome, StepEvent } from '../../operations/run.ts';
import type { Problem } from '../../problem/problem.ts';

/** What a run came to, in the words that the command line has for it. */
export interface Told {
  readonly text: string;
  readonly problem: Problem | null;
  /** What must be said besides. */
  readonly notes: readonly string[];
  /** What could not be taken back; the problem says how to remove it. */
  readonly left: readonly string[];
}

/** Where there was nothing to run. */
export const saidOnly = (text: string, problem: Problem | null = null): Told => ({
  text,
  problem,
  notes: [],
  left: [],
});

/** An outcome whose text is known. */
export const toldOf = (outcome: Outcome, text: string): Told => ({
  text,
  problem: outcomeProblem(outcome),
  notes: outcome.notes,
  left: outcome.remains,
});

/** What a plan came to, told. */
export interface CarriedOutTold extends Told, Pick<CarriedOut, 'outcome' | 'after'> {}

/** Carries a plan out, whichever screen asked for it. Throws only what reading the host's facts throws. */
export async function carryOutTold(
  plan: Plan,
  context: RunContext,
  onStep?: (event: StepEvent) => void,
): Promise<CarriedOutTold> {
  const { rules } = await context.host.facts();
  const { outcome, after, text } = await carryOutPlan(plan, context, rules, onStep);
  return { ...toldOf(outcome, text), outcome, after };
}

/** The lines that stay when the screen is left: what was done with what, and below it what must be said besides. */
export const toldLines = (what: string, { text, notes, left }: Told, uuid = ''): readonly string[] => [
  `${what}: ${text}${uuid === '' ? '' : `  ${uuid}`}`,
  ...notes.map((note) => `  ${note}`),
  ...left.map((thing) => `  left behind: ${thing}`),
];
