import type { BootRules } from '../boot/releases.ts';
import { findVm, readVm, type Vm } from '../hosts/vm.ts';
import type { Plan } from '../operations/plan.ts';
import { refuseOther } from '../operations/same-plan.ts';
import { agreed, isAsked, nothingChanged, refuseUnasked } from './agree.ts';
import { type Changed, summary } from './changed.ts';
import { type Connection, withHost } from './connect.ts';
import { eachName } from './each.ts';
import type { Given } from './global-flags.ts';
import { planLines } from './plain.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command does with each of the VMs it is given. */
export interface Change {
  readonly plan: (vm: Vm, connection: Connection) => Promise<Plan>;
  readonly carryOut: (vm: Vm, plan: Plan, connection: Connection, rules: BootRules) => Promise<Changed>;
  /** Asked when all plans have been shown. */
  readonly question: (plans: readonly Plan[]) => string;
}

interface Planned {
  readonly vm: Vm;
  readonly plan: Plan;
}

/**
 * Changes VMs that are there: plans them all, shows the plans and asks where somebody can be asked, and carries out
 * what was agreed to. A VM that has changed while the question stood is left alone.
 */
export async function changeVms(
  names: readonly string[],
  options: Given,
  around: Surroundings,
  change: Change,
): Promise<Result> {
  refuseUnasked(options, around);
  return withHost(options, around, async (connection) => {
    const { host } = connection;
    const { rules } = await host.facts();
    const planOf = async (vm: Vm): Promise<Planned> => ({ vm, plan: await change.plan(vm, connection) });
    const asked = isAsked(options);
    const planned = new Map<string, Planned>();
    if (asked) {
      const found = await eachName(names, host, around.signal, async (name) => {
        planned.set(name, await planOf(await findVm(host.session, name)));
      });
      const plans = [...planned.values()].map(({ plan }) => plan);
      const some = plans.some(({ actions }) => actions.length > 0);
      const failures = found.filter((one) => one !== undefined);
      if (plans.length === 0) return summary(failures, options);
      const question = change.question(plans);
      if (some && !(await agreed(options, around, plans.flatMap(planLines), question))) return nothingChanged;
    }
    const all = await eachName(names, host, around.signal, async (name) => {
      const shown = planned.get(name);
      const now = await planOf(
        shown === undefined ? await findVm(host.session, name) : await readVm(host.session, shown.vm.ref),
      );
      if (shown !== undefined) refuseOther(shown.plan, now.plan);
      return change.carryOut(now.vm, now.plan, connection, rules);
    });
    return summary(all, options);
  });
}
