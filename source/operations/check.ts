import type { Missing } from '../boot/install-state.ts';
import { type NetbootSource, sourceOf } from '../boot/methods/eliloader.ts';
import type { HostFacts } from '../hosts/host.ts';
import { stateOf, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf, type Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import { type CheckOptions, type CheckResult, checkNetboot } from '../repository/check.ts';
import { shellWord } from '../text/shell.ts';
import type { VmRecord } from '../xapi/records.ts';

const missingTexts: Readonly<Record<Missing, string>> = {
  bootloader: 'PV-bootloader is not eliloader: the VM boots from its disk.',
  distro: 'install-distro is neither debianlike nor pygrub with its paths: eliloader asks for other files.',
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

export interface LookOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: CheckOptions['onProgress'];
  /** What is looked at: the two files, unless somebody wants to see more. */
  readonly look?: (options: CheckOptions) => Promise<CheckResult>;
}

/** The words of a netboot as an arming will write them. */
export interface NetbootWords extends NetbootSource {
  readonly args: string;
}

/** The netboot files of a repository, by the rules of a host. */
export const checkWords = (
  { args, ...source }: NetbootWords,
  proxy: string | undefined,
  { loader, xen }: Pick<HostFacts, 'loader' | 'xen'>,
  { signal, onProgress, look = checkNetboot, platform }: LookOptions & { readonly platform?: VmRecord['platform'] },
): Promise<CheckResult> => look({ source, args, proxy, loader, xen, platform, signal, onProgress });

/**
 * Would its next boot run the installer? The words of a VM or template, and the repository they name, by the rules
 * of its host.
 */
export async function checkVm(
  { record }: Vm,
  facts: Pick<HostFacts, 'loader' | 'xen'>,
  options: LookOptions,
): Promise<CheckResult> {
  const arming = armingFindings(record);
  // eliloader is never asked: there are no URLs to speak of.
  if (record.HVM_boot_policy !== '') return { files: [], findings: arming, ok: false, kernel: null };
  const words = { ...sourceOf(record.other_config), args: record.PV_args };
  const result = await checkWords(words, record.other_config['install-proxy'], facts, {
    ...options,
    platform: record.platform,
  });
  return { ...result, findings: [...arming, ...result.findings], ok: result.ok && arming.length === 0 };
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
