import { readMark } from '../boot/marks.ts';
import type { BootRules } from '../boot/releases.ts';
import { conditionText, readVm, stateOf, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import type { Transport } from '../transport/transport.ts';
import { checkProblem, checkVm } from './check.ts';
import type { RunContext } from './context.ts';
import { outcomeText } from './outcome.ts';
import type { Plan } from './plan.ts';
import { bootsThroughLoader } from './power.ts';
import { execute, type Outcome, type StepEvent } from './run.ts';
import { recordVerdict } from './verdict.ts';

/** What came of a start. `attemptUsed` null: it could not be found out. */
export interface Started {
  readonly outcome: Outcome;
  readonly attemptUsed: boolean | null;
  readonly after: Vm | null;
}

export interface StartOptions {
  readonly transport: Transport;
  /** Start although the repository check failed. */
  readonly force?: boolean | undefined;
  /** The files were looked at just now: they are not fetched once more. */
  readonly checked?: boolean | undefined;
  readonly onStep?: ((event: StepEvent) => void) | undefined;
}

/**
 * Starts one VM by its plan. One on eliloader has its repository checked first: the attempt is not spent on a wrong
 * file. A VM we made that comes up from its disk for the first time is put on record as installed.
 */
export async function startVm(vm: Vm, plan: Plan, context: RunContext, options: StartOptions): Promise<Started> {
  const onNet = bootsThroughLoader(vm);
  if (plan.actions.length === 0) return { outcome: untouched(plan, vm, null), attemptUsed: false, after: vm };
  const facts = await context.host.facts();
  if (onNet && !options.force && !options.checked) {
    const check = await checkVm(vm, context.host, { signal: context.signal, transport: options.transport });
    if (!check.ok) {
      const problem = checkProblem(vm.record.name_label, check);
      return { outcome: untouched(plan, vm, problem), attemptUsed: false, after: vm };
    }
  }
  const outcome = await execute(plan, context, options.onStep);
  const firstBoot = isFirstDiskBoot(vm) && stateOf(vm, facts.rules).state === 'fired';
  if (outcome.problem === null && firstBoot) await recordVerdict(vm.ref, { verdict: 'installed' }, context);
  const after = await readVm(context.host.session, vm.ref).catch(() => null);
  // eliloader switches to pygrub just before the domain is built: what the record says now tells it.
  // A start whose end was not seen may still be going on.
  const unseen =
    after === null || (outcome.problem?.exit === exit.unreachable && after.record.PV_bootloader === 'eliloader');
  const attemptUsed = !onNet ? false : unseen ? null : after.record.PV_bootloader !== 'eliloader';
  return { outcome, attemptUsed, after };
}

/** What a start came to; one that failed says what became of the one attempt. */
export function startedText({ outcome, attemptUsed, after }: Started, rules: BootRules): string {
  if (outcome.problem === null && outcome.plan.actions.length === 0) return 'runs already';
  const text = outcomeText(outcome, after === null ? null : conditionText(after, rules));
  if (outcome.problem === null) return text;
  const used = attemptUsed === null ? 'may be used' : attemptUsed ? 'is used' : 'is not used';
  return `${text}; the attempt ${used}`;
}

const untouched = (plan: Plan, vm: Vm, problem: Outcome['problem']): Outcome => ({
  plan,
  problem,
  ref: vm.ref,
  uuid: vm.record.uuid,
  changed: false,
  repaired: [],
  seen: null,
  notes: [],
  begun: false,
  remains: [],
});

/** pygrub found a kernel on a disk that only our install can have filled. */
function isFirstDiskBoot({ record }: Vm): boolean {
  const created = readMark(record.other_config, 'created', record.uuid) !== null;
  const installed = readMark(record.other_config, 'installed', record.uuid) !== null;
  return created && !installed && record.power_state === 'Halted';
}
