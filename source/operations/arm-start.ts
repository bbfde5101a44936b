import { withBootable } from '../hosts/bootable.ts';
import { readVm, type Vm } from '../hosts/vm.ts';
import type { Problem } from '../problem/problem.ts';
import type { Transport } from '../transport/transport.ts';
import { type CarriedOut, carryOutPlan } from './carry-out.ts';
import { checkNetbootOf, checkProblem } from './check.ts';
import type { RunContext } from './context.ts';
import { severalDisks } from './missing-texts.ts';
import type { Plan } from './plan.ts';
import { planStart } from './power.ts';
import type { StepEvent } from './run.ts';
import { type Started, startVm } from './start.ts';

/** What came of arming a VM and starting it. */
export type ArmedAndStarted =
  /** Its files would not boot: nothing was written. */
  | { readonly came: 'refused'; readonly problem: Problem }
  /** `started` null: it could not be armed. */
  | { readonly came: 'armed'; readonly armed: CarriedOut; readonly started: Started | null };

export interface ArmStartOptions {
  readonly transport: Transport;
  readonly onStep?: ((event: StepEvent) => void) | undefined;
}

/**
 * Arms a VM by its plan, and starts it. The files are looked at before anything is written, not when it is too late,
 * and not again for the start. A start that fails leaves the VM armed.
 */
export async function armAndStart(
  vm: Vm,
  plan: Plan,
  context: RunContext,
  { transport, onStep }: ArmStartOptions,
): Promise<ArmedAndStarted> {
  const { rules } = await context.host.facts();
  const { signal } = context;
  if (plan.netboot !== undefined) {
    const check = await checkNetbootOf(plan.netboot, vm.record, context.host, { signal, transport });
    const several = plan.notes
      .filter(({ code }) => code === severalDisks)
      .map((note) => ({ ...note, severity: 'error' as const }));
    const findings = [...several, ...check.findings];
    if (!check.ok || several.length > 0)
      return { came: 'refused', problem: checkProblem(vm.record.name_label, { ...check, findings }, 'armed') };
  }
  const armed = await carryOutPlan(plan, context, rules, onStep);
  if (armed.outcome.problem !== null) return { came: 'armed', armed, started: null };
  const now = await withBootable(context.host.session, await readVm(context.host.session, vm.ref), rules);
  const checked = plan.netboot !== undefined;
  const started = await startVm(now, planStart(now, rules), context, { transport, checked, onStep });
  return { came: 'armed', armed, started };
}
