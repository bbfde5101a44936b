import type { HostFacts } from '../hosts/host.ts';
import { findVm, stateOf, type Vm } from '../hosts/vm.ts';
import { readMark } from '../netboot/marks.ts';
import { execute } from '../operations/execute.ts';
import { type Hands, hands as makeHands } from '../operations/hands.ts';
import { planInstalled, planStart, planStop, type StopOptions } from '../operations/power.ts';
import { type CheckResult, checkRepository } from '../repository/check.ts';
import { exit } from '../text/exit.ts';
import { errorsOf } from '../text/finding.ts';
import type { Problem } from '../text/problem.ts';
import { applyPlan, type Changed, confirm, eachName, refuseReadOnly, summary } from './change.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { problemJson, vmItem } from './vm-json.ts';

export interface StartOptions extends GlobalOptions {
  readonly force?: boolean;
}

export async function start(names: readonly string[], options: StartOptions, around: Surroundings): Promise<Result> {
  refuseReadOnly(options);
  return withHost(options, around, async ({ host }) => {
    const hands = makeHands(host, around.signal);
    const all = await eachName(names, host, around, async (name) =>
      startOne(await findVm(host.session, name), hands, options),
    );
    return summary(all, options);
  });
}

/** Starts one VM. An armed one has its repository checked first: the attempt is not spent on a wrong file. */
export async function startOne(vm: Vm, hands: Hands, options: StartOptions): Promise<Changed> {
  const plan = planStart(vm);
  const onNet = vm.record.PV_bootloader === 'eliloader';
  if (onNet && plan.actions.length > 0 && !options.force && !options.dryRun) {
    const check = await checkVm(vm, await hands.host.facts(), hands.signal);
    if (!check.ok) {
      const problem = checkProblem(vm.record.name_label, check);
      const item = { ...vmItem(vm), ok: false, changed: false, attemptUsed: false, error: problemJson(problem) };
      return { item, problem, lines: [], steps: [] };
    }
  }
  const changed = await applyPlan(plan, vm, hands, options);
  if (options.dryRun) return changed;
  if (changed.problem === null && firstDiskBoot(vm)) await execute(planInstalled(vm), hands);
  return { ...changed, item: { ...changed.item, attemptUsed: attemptUsed(vm, changed) } };
}

/** eliloader switches to pygrub just before the domain is built: what the record says now tells it. */
function attemptUsed(vm: Vm, changed: Changed): boolean | null {
  if (vm.record.PV_bootloader !== 'eliloader' || !changed.item.changed) {
    if (vm.record.PV_bootloader !== 'eliloader') return false;
  }
  if (changed.item.pvBootloader === '') return null;
  return changed.item.pvBootloader !== 'eliloader';
}

/** pygrub found a kernel on a disk that only our install can have filled. */
function firstDiskBoot({ record }: Vm): boolean {
  const created = readMark(record.other_config, 'created', record.uuid) !== null;
  const installed = readMark(record.other_config, 'installed', record.uuid) !== null;
  return created && !installed && stateOf(record).state === 'fired' && record.power_state === 'Halted';
}

/** The repository as the VM's own words name it, by the rules of its host. */
export function checkVm({ record }: Vm, facts: HostFacts, signal: AbortSignal): Promise<CheckResult> {
  const words = record.other_config;
  return checkRepository({
    source: {
      repository: words['install-repository'] ?? '',
      release: words['debian-release'] ?? '',
      arch: words['install-arch'] ?? 'i386',
    },
    proxy: words['install-proxy'],
    loader: facts.loader,
    xen: facts.xen,
    signal,
  });
}

export function checkProblem(name: string, check: CheckResult): Problem {
  const [first, ...more] = errorsOf(check.findings);
  const url = check.files.find((file) => !file.ok)?.url;
  return {
    code: 'check-failed',
    exit: exit.checkFailed,
    message: `${name} was not started: ${first?.message ?? 'the repository check failed.'}`,
    ...(more.length === 0 ? {} : { cause: more.map((finding) => finding.message).join(' ') }),
    try: [
      ...[first, ...more].flatMap((finding) => (finding?.try === undefined ? [] : [finding.try])),
      '--force starts it all the same.',
    ],
    ...(url === undefined ? {} : { url }),
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
