import { findVm, type Vm } from '../hosts/vm.ts';
import { type Hands, hands as makeHands } from '../operations/hands.ts';
import { planStart, planStop, type StopOptions } from '../operations/power.ts';
import { startVm } from '../operations/start.ts';
import { planView } from '../operations/words.ts';
import { cleanLine } from '../text/clean.ts';
import { applyPlan, type Changed, confirm, eachName, refuseReadOnly, summary } from './change.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { problemJson, vmItem, xeLines } from './vm-json.ts';

export interface StartCommandOptions extends GlobalOptions {
  readonly force?: boolean;
  /** The files were looked at just now. */
  readonly checked?: boolean;
}

export async function start(
  names: readonly string[],
  options: StartCommandOptions,
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  return withHost(options, around, async ({ host }) => {
    const hands = makeHands(host, around.signal);
    const all = await eachName(names, host, around, async (name) =>
      startOne(await findVm(host.session, name), hands, options),
    );
    return summary(all, options);
  });
}

/** One VM, as the item and the line of the output. */
export async function startOne(vm: Vm, hands: Hands, options: StartCommandOptions): Promise<Changed> {
  const plan = planStart(vm);
  if (options.dryRun) return applyPlan(plan, vm, hands, options);
  const steps = planView(plan);
  const { problem, changed, attemptUsed, after } = await startVm(vm, hands, {
    force: options.force,
    checked: options.checked,
  });
  const item = vmItem(after ?? vm);
  const stateAnd = ({ state, powerState }: typeof item) => ({ state, powerState });
  const name = cleanLine(vm.record.name_label);
  const line = changed ? `${name}: ${item.state}, ${item.powerState}  ${item.uuid}` : `${name}: runs already`;
  return {
    item: {
      ...item,
      ok: problem === null,
      changed,
      before: stateAnd(vmItem(vm)),
      after: stateAnd(item),
      attemptUsed,
      xe: xeLines(steps),
      ...(problem === null ? {} : { error: problemJson(problem) }),
    },
    problem,
    lines: problem === null ? [line] : [],
    steps,
  };
}

export interface StopCommandOptions extends GlobalOptions, StopOptions {}

export async function stop(
  names: readonly string[],
  options: StopCommandOptions,
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  if (!(await confirm(options, around, `Stop ${names.join(', ')}?`))) {
    return { exit: 0, json: { vms: [] }, lines: ['Nothing was changed.'] };
  }
  return withHost(options, around, async ({ host }) => {
    const hands = makeHands(host, around.signal);
    const all = await eachName(names, host, around, async (name) => {
      const vm = await findVm(host.session, name);
      return applyPlan(planStop(vm, options), vm, hands, options);
    });
    return summary(all, options);
  });
}
