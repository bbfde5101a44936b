import { findVm, readVm } from '../hosts/vm.ts';
import { checkProblem, checkWords } from '../operations/check.ts';
import { hands as makeHands } from '../operations/hands.ts';
import { planRearm, planRepair, type RearmOptions } from '../operations/rearm.ts';
import { applyPlan, confirm, eachName, refuseReadOnly, summary, unchanged, withStart } from './change.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { startOne } from './start.ts';

export interface ArmingOptions extends GlobalOptions, RearmOptions {
  readonly start?: boolean;
}

/** `rearm` and `repair`: the same fields, for a VM whose attempt is used and for one another tool made. */
export async function arm(
  operation: 'rearm' | 'repair',
  names: readonly string[],
  options: ArmingOptions,
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  const question = `${operation} ${names.join(', ')}: the next boot installs anew and erases the disks. Go on?`;
  if (!(await confirm(options, around, question)))
    return { exit: 0, json: { vms: [] }, lines: ['Nothing was changed.'] };
  return withHost(options, around, async ({ host, profile }) => {
    const hands = makeHands(host, around.signal);
    const all = await eachName(names, host, around, async (name) => {
      const vm = await findVm(host.session, name);
      const planner = operation === 'rearm' ? planRearm : planRepair;
      const plan = await planner(host, vm, {
        ...options,
        defaults: profile ?? {},
        showDisks: options.dryRun ?? false,
      });
      // With --start the files are looked at before anything is written, not when it is too late.
      if (options.start && !options.dryRun && plan.netboot !== undefined) {
        const check = await checkWords(plan.netboot, vm.record.other_config['install-proxy'], await host.facts(), {
          signal: around.signal,
          platform: vm.record.platform,
        });
        if (!check.ok) return unchanged(vm, checkProblem(vm.record.name_label, check, 'armed'));
      }
      const changed = await applyPlan(plan, vm, hands, options);
      if (!options.start || options.dryRun || changed.problem !== null) return changed;
      const armed = await readVm(host.session, vm.ref);
      return withStart(changed, await startOne(armed, hands, { ...options, checked: plan.netboot !== undefined }));
    });
    return summary(all, options);
  });
}
