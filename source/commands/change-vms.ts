import type { BootRules } from '../boot/releases.ts';
import { withBootable } from '../hosts/bootable.ts';
import { findVm, readVm, type Vm } from '../hosts/vm.ts';
import { refuseForbidden } from '../operations/permitted.ts';
import type { Plan } from '../operations/plan.ts';
import { noRoomAsked, readRoom } from '../operations/room.ts';
import { refuseOther } from '../operations/same-plan.ts';
import { summaryOf } from '../operations/summary.ts';
import { agreed, isAsked, nothingChanged, refuseUnasked } from './agree.ts';
import { andWatch } from './and-watch.ts';
import type { Changed } from './changed.ts';
import { type Connection, withHost } from './connect.ts';
import { eachName } from './each.ts';
import type { Given } from './global-flags.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import type { WatchFlags } from './watch-flags.ts';

/** What a command does with each of the VMs it is given. */
export interface Change {
  readonly plan: (vm: Vm, connection: Connection) => Promise<Plan>;
  readonly carryOut: (vm: Vm, plan: Plan, connection: Connection, rules: BootRules) => Promise<Changed>;
  /** Asked when all plans have been shown; of those that are `due`. */
  readonly question: (plans: readonly Plan[]) => string;
  /** Whether a plan does anything that somebody must agree to; unless said otherwise, when it has a step. */
  readonly due?: (plan: Plan) => boolean;
  /** The VMs are started in the end. */
  readonly starts?: boolean;
}

interface Planned {
  readonly vm: Vm;
  readonly plan: Plan;
}

const hasSteps = ({ actions }: Plan): boolean => actions.length > 0;

/**
 * Changes VMs that are there: plans them all, shows the plans and asks where somebody can be asked, and carries out
 * what was agreed to. A VM that has changed while the question stood is left alone.
 */
export async function changeVms(
  names: readonly string[],
  options: Given & Partial<WatchFlags>,
  around: Surroundings,
  change: Change,
): Promise<Result> {
  refuseUnasked(options, around);
  return withHost(options, around, async (connection) => {
    const { host } = connection;
    // Asked for while the VMs are looked for; whoever needs them hears of an error.
    const facts = host.facts();
    for (const early of [facts, ...(options.access === 'write' ? [host.now()] : [])]) early.catch(() => {});
    const planOf = async (vm: Vm): Promise<Planned> => {
      const plan = await change.plan(vm, connection);
      await refuseForbidden(plan, host);
      return { vm, plan };
    };
    const counted = async (vm: Vm): Promise<Vm> => withBootable(host.session, vm, (await facts).rules);
    const planned = new Map<string, Planned>();
    const refused = new Map<string, Changed>();
    if (isAsked(options)) {
      const looked = await eachName(names, host, around.signal, async (name) => {
        planned.set(name, await planOf(await counted(await findVm(host.session, name))));
      });
      for (const one of looked) if (one !== undefined) refused.set(one.item.name, one);
      const plans = [...planned.values()].map(({ plan }) => plan).filter(change.due ?? hasSteps);
      if (plans.length > 0) {
        const room = change.starts ? await readRoom(host, plans) : noRoomAsked;
        const { previewLines, withoutLines } = await import('./preview.ts');
        const shown = previewLines(plans, summaryOf(plans, room, change.starts));
        const without = withoutLines(refused.values());
        if (!(await agreed(options, around, [...shown, ...without], change.question(plans)))) return nothingChanged;
      }
    }
    const carriedOut = () =>
      eachName(names, host, around.signal, async (name) => {
        const before = refused.get(name);
        if (before !== undefined) return before;
        const shown = planned.get(name);
        const vm = shown === undefined ? await findVm(host.session, name) : await readVm(host.session, shown.vm.ref);
        const now = await planOf(await counted(vm));
        if (shown !== undefined) refuseOther(shown.plan, now.plan);
        return change.carryOut(now.vm, now.plan, connection, (await facts).rules);
      });
    return andWatch(options, connection, around, carriedOut);
  });
}
