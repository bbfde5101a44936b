import type { HostFacts } from '../hosts/host.ts';
import { readVm, stateOf, type Vm } from '../hosts/vm.ts';
import { readMark } from '../netboot/marks.ts';
import { type CheckOptions, type CheckResult, checkRepository } from '../repository/check.ts';
import { exit } from '../text/exit.ts';
import { errorsOf } from '../text/finding.ts';
import type { Problem } from '../text/problem.ts';
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
  readonly onStep?: ((event: StepEvent) => void) | undefined;
}

/**
 * Starts one VM. One on eliloader has its repository checked first: the attempt is not spent on a wrong file. A VM
 * we made that comes up from its disk for the first time is put on record as installed.
 */
export async function startVm(vm: Vm, hands: Hands, { force, onStep }: StartOptions): Promise<Started> {
  const plan = planStart(vm);
  const onNet = vm.record.PV_bootloader === 'eliloader' && vm.record.HVM_boot_policy === '';
  if (plan.actions.length === 0) return { problem: null, changed: false, attemptUsed: false, after: vm };
  if (onNet && !force) {
    const check = await checkVm(vm, await hands.host.facts(), hands.signal);
    if (!check.ok) {
      return { problem: checkProblem(vm.record.name_label, check), changed: false, attemptUsed: false, after: vm };
    }
  }
  const outcome = await execute(plan, hands, onStep);
  if (outcome.problem === null && firstDiskBoot(vm)) await execute(planInstalled(vm), hands);
  const after = await readVm(hands.host.session, vm.ref).catch(() => null);
  // eliloader switches to pygrub just before the domain is built: what the record says now tells it.
  const attemptUsed = !onNet ? false : after === null ? null : after.record.PV_bootloader !== 'eliloader';
  return { problem: outcome.problem, changed: outcome.problem === null, attemptUsed, after };
}

/** pygrub found a kernel on a disk that only our install can have filled. */
function firstDiskBoot({ record }: Vm): boolean {
  const created = readMark(record.other_config, 'created', record.uuid) !== null;
  const installed = readMark(record.other_config, 'installed', record.uuid) !== null;
  return created && !installed && stateOf(record).state === 'fired' && record.power_state === 'Halted';
}

/** The repository as the words of a VM or template name it, by the rules of its host. */
export function checkVm(
  { record }: Vm,
  facts: Pick<HostFacts, 'loader' | 'xen'>,
  signal: AbortSignal,
  onProgress?: CheckOptions['onProgress'],
): Promise<CheckResult> {
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
    onProgress,
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
