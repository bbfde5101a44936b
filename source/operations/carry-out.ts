import type { BootRules } from '../boot/releases.ts';
import { withBootable } from '../hosts/bootable.ts';
import { conditionText, readVm, type Vm } from '../hosts/vm.ts';
import type { Ref, VmRecord } from '../xapi/records.ts';
import type { RunContext } from './context.ts';
import { outcomeText } from './outcome.ts';
import type { Plan } from './plan.ts';
import { execute, type Outcome, type StepEvent } from './run.ts';

/** What a plan came to, for every door. `after`: what it acted on, as it is now; null when gone, or not readable. */
export interface CarriedOut {
  readonly outcome: Outcome;
  readonly after: Vm | null;
  readonly text: string;
}

/** Carries a plan out, looks once more, and says it in words. Never throws. */
export async function carryOutPlan(
  plan: Plan,
  context: RunContext,
  rules: BootRules,
  onStep?: (event: StepEvent) => void,
): Promise<CarriedOut> {
  const outcome = await execute(plan, context, onStep);
  const after = outcome.ref === null ? null : await lookAt(outcome.ref, outcome.seen, context, rules);
  return { outcome, after, text: outcomeText(outcome, after === null ? null : conditionText(after, rules)) };
}

async function lookAt(
  ref: Ref,
  seen: VmRecord | null,
  { host: { session } }: RunContext,
  rules: BootRules,
): Promise<Vm | null> {
  const vm = seen === null ? await readVm(session, ref).catch(() => null) : { ref, record: seen };
  return vm === null ? null : withBootable(session, vm, rules).catch(() => vm);
}
