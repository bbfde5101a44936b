import type { BootRules } from '../boot/releases.ts';
import type { Vm } from '../hosts/vm.ts';
import type { RunContext } from '../operations/context.ts';
import { planStart } from '../operations/power.ts';
import { type Started, startedText, startVm } from '../operations/start.ts';
import type { Transport } from '../transport/transport.ts';
import { type Changed, changedBy, previewed } from './changed.ts';

export interface StartingOptions {
  readonly dryRun: boolean;
  readonly force: boolean;
  /** The files were looked at just now. */
  readonly checked: boolean;
  readonly transport: Transport;
}

/** Starts one VM, as the item and the line of the output. */
export async function startOne(
  vm: Vm,
  context: RunContext,
  rules: BootRules,
  { dryRun, ...options }: StartingOptions,
): Promise<Changed> {
  const plan = planStart(vm, rules);
  if (dryRun) return previewed(plan, vm, rules);
  return startedBy(await startVm(vm, plan, context, options), vm, rules);
}

/** What a start came to, as the item and the line of the output. */
export function startedBy(started: Started, vm: Vm, rules: BootRules): Changed {
  const told = changedBy(started.outcome, vm, started.after ?? vm, rules, startedText(started, rules));
  return { ...told, item: { ...told.item, attemptUsed: started.attemptUsed } };
}
