import type { HostFacts } from '../hosts/host.ts';
import { readVm, stateOf, type Vm } from '../hosts/vm.ts';
import type { Missing } from '../netboot/install-state.ts';
import { readMark } from '../netboot/marks.ts';
import { type CheckOptions, type CheckResult, checkRepository } from '../repository/check.ts';
import { exit } from '../text/exit.ts';
import { errorsOf, type Finding } from '../text/finding.ts';
import type { Problem } from '../text/problem.ts';
import { shellWord } from '../text/shell.ts';
import type { VmRecord } from '../xapi/records.ts';
import { execute, type StepEvent } from './execute.ts';
import type { Hands } from './hands.ts';
import type { NetbootWords } from './plan.ts';
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
    const check = await checkVm(vm, await hands.host.facts(), hands.signal);
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

const missingTexts: Readonly<Record<Missing, string>> = {
  bootloader: 'PV-bootloader is not eliloader: the VM boots from its disk.',
  distro: 'install-distro is not debianlike: eliloader takes the VM for Red Hat and asks for other files.',
  repository: 'There is no install repository that eliloader could use.',
  release: 'debian-release is not set: eliloader would put the word None into the URL.',
  arch: 'install-arch is not set.',
  round: 'install-round is left of an earlier install: eliloader refuses it.',
  hvm: 'It is an HVM machine: eliloader is never asked.',
  args: 'PV-args hold no FAI arguments that could work.',
  halted: 'It runs.',
};

/**
 * What stands between a VM and its installer besides the files. Repository and release are left to the check of the
 * source; of a template only what it holds itself counts.
 */
function armingFindings(vm: VmRecord): Finding[] {
  const name = shellWord(vm.name_label);
  const advice: Partial<Record<Missing, string>> = {
    hvm: 'Boot it over the network (PXE).',
    args: `xenfai repair ${name} --template T, or --args "…"`,
  };
  const elsewhere: readonly Missing[] = ['halted', 'repository', 'release'];
  const words: readonly Missing[] = vm.HVM_boot_policy !== '' ? ['hvm'] : vm.is_a_template ? [] : stateOf(vm).missing;
  return words
    .filter((word) => !elsewhere.includes(word))
    .map((word) => ({
      severity: 'error' as const,
      code: `missing-${word}`,
      message: missingTexts[word],
      try: advice[word] ?? `xenfai rearm ${name}`,
    }));
}

/** The netboot files of a repository, by the rules of a host. */
export const checkWords = (
  source: NetbootWords,
  proxy: string | undefined,
  { loader, xen }: Pick<HostFacts, 'loader' | 'xen'>,
  signal: AbortSignal,
  onProgress?: CheckOptions['onProgress'],
): Promise<CheckResult> => checkRepository({ source, proxy, loader, xen, signal, onProgress });

/**
 * Would its next boot run the installer? The words of a VM or template, and the repository they name, by the rules
 * of its host.
 */
export async function checkVm(
  { record }: Vm,
  facts: Pick<HostFacts, 'loader' | 'xen'>,
  signal: AbortSignal,
  onProgress?: CheckOptions['onProgress'],
): Promise<CheckResult> {
  const words = record.other_config;
  const arming = armingFindings(record);
  // eliloader is never asked: there are no URLs to speak of.
  if (record.HVM_boot_policy !== '') return { files: [], findings: arming, ok: false };
  const source = {
    repository: words['install-repository'] ?? '',
    release: words['debian-release'] ?? '',
    arch: words['install-arch'] ?? 'i386',
  };
  const files = await checkWords(source, words['install-proxy'], facts, signal, onProgress);
  return { ...files, findings: [...arming, ...files.findings], ok: files.ok && arming.length === 0 };
}

/** A failed check as the reason why nothing was done. `what`: what was not done to the VM. */
export function checkProblem(name: string, check: CheckResult, what: 'started' | 'armed' = 'started'): Problem {
  const [first, ...more] = errorsOf(check.findings);
  const url = check.files.find((file) => !file.ok)?.url;
  return {
    code: 'check-failed',
    exit: exit.checkFailed,
    message: `${name} was not ${what}: ${first?.message ?? 'the repository check failed.'}`,
    ...(more.length === 0 ? {} : { cause: more.map((finding) => finding.message).join(' ') }),
    try: [
      ...new Set([first, ...more].flatMap((finding) => (finding?.try === undefined ? [] : [finding.try]))),
      what === 'started'
        ? '--force starts it all the same.'
        : 'Nothing was changed. Without --start it is armed all the same.',
    ],
    ...(url === undefined ? {} : { url }),
  };
}
