import type { Missing } from '../boot/install-state.ts';
import { sourceOf } from '../boot/methods/eliloader.ts';
import { lineAsBooted, lineWordFindings } from '../boot/methods/eliloader-line.ts';
import type { Loader } from '../boot/releases.ts';
import { validateLine } from '../fai/validate.ts';
import { withBootable } from '../hosts/bootable.ts';
import type { Host } from '../hosts/host.ts';
import { stateOf, type Vm } from '../hosts/vm.ts';
import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf, type Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import type { CheckOptions, CheckResult } from '../repository/check.ts';
import { checkBeforeStart } from '../repository/dom0-check.ts';
import type { Transport } from '../transport/transport.ts';
import type { VmRecord } from '../xapi/records.ts';
import { missingTexts, oneBootable } from './missing-texts.ts';
import type { Netboot } from './plan.ts';

/** What arming it does not mend, and what does. */
function adviceFor(word: Missing, vm: VmRecord): Advice {
  switch (word) {
    case 'hvm':
    case 'loader':
      return 'Boot it over the network (PXE).';
    case 'args':
      return { act: 'repair', vm: vm.name_label };
    case 'disks':
      return oneBootable(vm);
    default:
      return { act: 'rearm', vm: vm.name_label };
  }
}

/** Left to the check of the source, or nothing that a check is about. */
const elsewhere: readonly Missing[] = ['halted', 'loader', 'repository', 'release'];

/** What stands between a VM and its installer besides the files; of a template only what it holds itself counts. */
async function armingFindings(vm: Vm, host: Host): Promise<Finding[]> {
  const { record } = vm;
  const { rules } = await host.facts();
  const missing = async (): Promise<readonly Missing[]> => {
    if (record.HVM_boot_policy !== '') return ['hvm'];
    if (record.is_a_template) return [];
    return stateOf(await withBootable(host.session, vm, rules), rules).missing;
  };
  return (await missing())
    .filter((word) => !elsewhere.includes(word))
    .map((word) => ({
      severity: 'error' as const,
      code: `missing-${word}`,
      message: missingTexts[word],
      try: adviceFor(word, record),
    }));
}

/** What PV_args alone do not show: words that others put onto the line, and what the line is with them. */
function lineFindings(record: VmRecord, line: string, loader: Loader): Finding[] {
  const known = new Set(validateLine(record.PV_args).map(({ code }) => code));
  return [...lineWordFindings(record, loader), ...validateLine(line).filter(({ code }) => !known.has(code))];
}

export interface LookOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onProgress?: CheckOptions['onProgress'];
  /** What is looked at: the two files, unless somebody wants to see more. */
  readonly look?: (options: CheckOptions) => Promise<CheckResult>;
}

/** The netboot files that a VM will ask for, by the rules of its host. */
export async function checkNetbootOf(
  { args, ...source }: Netboot,
  { other_config, platform }: VmRecord,
  host: Host,
  { signal, onProgress, transport, look = checkBeforeStart }: LookOptions,
): Promise<CheckResult> {
  const { rules, able, xen } = await host.facts();
  const { networkBoot } = able;
  const proxy = other_config['install-proxy'];
  const { loader } = rules;
  const { dom0 } = host;
  return look({ source, args, proxy, loader, networkBoot, xen, platform, dom0, signal, onProgress, transport });
}

/**
 * Would its next boot run the installer? What a VM or template is set to, and the repository it names, by the rules of
 * its host.
 */
export async function checkVm(vm: Vm, host: Host, options: LookOptions): Promise<CheckResult> {
  const { record } = vm;
  const arming = await armingFindings(vm, host);
  // eliloader is never asked: there are no URLs to speak of.
  if (record.HVM_boot_policy !== '') return { files: [], findings: arming, ok: false, kernel: null };
  const { loader } = (await host.facts()).rules;
  const line = lineAsBooted(record, loader);
  const own = [...arming, ...lineFindings(record, line, loader)];
  const netboot = { ...sourceOf(record.other_config), args: line };
  const result = await checkNetbootOf(netboot, record, host, options);
  return { ...result, findings: [...own, ...result.findings], ok: result.ok && errorsOf(own).length === 0 };
}

/** A failed check as the reason why nothing was done. `what`: what was not done to the VM. */
export function checkProblem(name: string, check: CheckResult, what: 'started' | 'armed' = 'started'): Problem {
  const [first, ...more] = errorsOf(check.findings);
  const url = check.files.find((file) => !file.ok)?.url;
  const advice = [first, ...more].flatMap((finding) => (finding?.try === undefined ? [] : [finding.try]));
  return {
    code: 'check-failed',
    exit: exit.checkFailed,
    message: `${name} was not ${what}: ${first?.message ?? 'the repository check failed.'}`,
    ...(more.length === 0 ? {} : { cause: more.map((finding) => finding.message).join(' ') }),
    try: [
      ...new Set(advice),
      what === 'started' ? { act: 'force' } : 'Nothing was changed. Without a start it is armed all the same.',
    ],
    ...(url === undefined ? {} : { url }),
  };
}
