import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import type { Plan } from './plan.ts';

/** Whether two plans do the same; each has a run of its own. */
export const isSamePlan = (one: Plan, other: Plan): boolean =>
  JSON.stringify(one.actions).replaceAll(one.id, '') === JSON.stringify(other.actions).replaceAll(other.id, '');

/** Somebody agreed to what was shown, and to nothing else. Errors: exit 8 when the plan is another one by now. */
export function refuseOther(shown: Plan, now: Plan): void {
  if (isSamePlan(shown, now)) return;
  fail({
    code: 'changed-meanwhile',
    exit: exit.refused,
    message: `${now.target.name} has changed since its plan was shown: it was left alone.`,
    try: [{ act: 'repeat' }],
  });
}
