import { readMark } from '../boot/marks.ts';
import { readVm, stateOf, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import type { Problem } from '../problem/problem.ts';
import { checkProblem, checkVm } from './check.ts';
import { execute, type StepEvent } from './execute.ts';
import type { Hands } from './hands.ts';
import { planInstalled, planStart } from './power.ts';

/** What came of a start. `attemptUsed` null: it could not be found out. */
export interface Started {
  readonly problem: Problem | null;
  readonly changed: boolean;
  readonly attemptUsed: boolean | null;
  readonly after: Vm | null;
}

export interface StartOptions {
  /** Start although the repository check failed. */
  readonly force?: boolean | undefined;
  /** The files were looked at just now: they are not fetched once more. */
  readonly checked?: boolean | undefined;
  readonly onStep?: ((event: StepEvent) => void) | undefined;
}

/**
 * Starts one VM. One on eliloader has its repository checked first: the attempt is not spent on a wrong file. A VM
 * we made that comes up from its disk for the first time is put on record as installed.
 */
export async function startVm(vm: Vm, hands: Hands, { force, checked, onStep }: StartOptions): Promise<Started> {
  const plan = planStart(vm);
  const onNet = vm.record.PV_bootloader === 'eliloader' && vm.record.HVM_boot_policy === '';
  if (plan.actions.length === 0) return { problem: null, changed: false, attemptUsed: false, after: vm };
  if (onNet && !force && !checked) {
    const check = await checkVm(vm, await hands.host.facts(), { signal: hands.signal });
    if (!check.ok) {
      return { problem: checkProblem(vm.record.name_label, check), changed: false, attemptUsed: false, after: vm };
    }
  }
  const outcome = await execute(plan, hands, onStep);
  if (outcome.problem === null && firstDiskBoot(vm)) await recordInstalled(vm.ref, hands);
  const after = await readVm(hands.host.session, vm.ref).catch(() => null);
  // eliloader switches to pygrub just before the domain is built: what the record says now tells it.
  // A start whose end was not seen may still be going on.
  const unseen =
    after === null || (outcome.problem?.exit === exit.unreachable && after.record.PV_bootloader === 'eliloader');
  const attemptUsed = !onNet ? false : unseen ? null : after.record.PV_bootloader !== 'eliloader';
  return { problem: outcome.problem, changed: outcome.problem === null, attemptUsed, after };
}

/** Puts a proven install on record; a VM that is gone has none. The record is read anew: it was just written by others. */
export async function recordInstalled(vmRef: string, hands: Hands): Promise<void> {
  const vm = await readVm(hands.host.session, vmRef).catch(() => null);
  if (vm !== null) await execute(planInstalled(vm), hands);
}

/** pygrub found a kernel on a disk that only our install can have filled. */
function firstDiskBoot({ record }: Vm): boolean {
  const created = readMark(record.other_config, 'created', record.uuid) !== null;
  const installed = readMark(record.other_config, 'installed', record.uuid) !== null;
  return created && !installed && stateOf(record).state === 'fired' && record.power_state === 'Halted';
}
