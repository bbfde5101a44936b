import type { Vm } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import type { Problem } from '../problem/problem.ts';
import type { Plan } from './plan.ts';

/** A plan for something new, or what the same request has made before. */
export type MadeOrThere =
  | { readonly kind: 'new'; readonly plan: Plan }
  | { readonly kind: 'existing'; readonly vm: Vm };

/** Of a VM that the same request has made before. */
export const thereAlready = 'is there already, made from this template; it is left as it is';

/** The same of a copy of a template. */
export const copiedAlready = 'nothing to do, it is such a copy';

/**
 * Makes what has a name of its own once. When another client gives the name while we make ours, ours has been taken
 * back: the plan made then finds theirs, and the end is that of any existing name.
 */
export async function madeOnce<Told extends { readonly problem: Problem | null }>(
  planned: () => Promise<MadeOrThere>,
  leave: (there: Vm) => Promise<Told>,
  make: (plan: Plan) => Promise<Told>,
): Promise<Told> {
  for (let round = 1; ; round += 1) {
    const next = await planned();
    if (next.kind === 'existing') return leave(next.vm);
    const made = await make(next.plan);
    // Somebody may win the race for a name, and lose it again by taking back what was made.
    if (made.problem?.code !== 'name-taken' || round === limits.claim.rounds) return made;
  }
}
