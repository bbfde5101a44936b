import { networkBootText } from '../boot/network-boot.ts';
import type { HostRelease, Loader, XenVersion } from '../boot/releases.ts';
import { type Capabilities, capabilities } from '../hosts/capabilities.ts';
import { findVm } from '../hosts/vm.ts';
import { defaults } from '../limits/defaults.ts';
import { checkVm } from '../operations/check.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf, type Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import { type CheckOptions, type CheckResult, resultOf } from '../repository/check.ts';
import { survey } from '../repository/survey.ts';
import { bootLines, checkDisk, type DiskCheck } from '../staging/guest-disk.ts';
import type { Shell } from '../transport/ssh/shell.ts';
import { capabilitiesJson, capabilityLines } from './capabilities.ts';
import { checkLines } from './check-lines.ts';
import { timeoutOf, withHost } from './connect.ts';
import type { Given } from './global-flags.ts';
import { findingJson, problemJson } from './json.ts';
import { findingLines } from './plain.ts';
import type { Result } from './result.ts';
import { command } from './spec.ts';
import type { Surroundings } from './surroundings.ts';
import type { Take } from './take.ts';
import { usage } from './usage.ts';
import { architecture, codeName, hostVersion } from './values.ts';
import { shellAt } from './via.ts';

const takes = (take: Take) => ({
  repository: take.text('--repository <url>', 'check this one; no host is needed'),
  release: take.as('--release <name>', 'such as lenny', codeName),
  arch: take.as('--arch <name>', 'i386 or amd64; default i386', architecture),
  proxy: take.text('--proxy <url>', 'as install-proxy has it'),
  for: take.as('--for <release>', 'by the rules of this XenServer release, such as 5.6', hostVersion),
  template: take.text('--template <name>', 'what this template names'),
  vm: take.text('--vm <name>', 'what this VM names'),
  diskConfig: take.text('--disk-config <file>', 'menu.lst, grub.cfg, a root or a disk_config: what pygrub will boot'),
});

type Options = Given & ReturnType<typeof takes>;

export const check = command({
  name: 'check',
  about:
    'the netboot files as eliloader will see them, the Debian archive around them, the servers the kernel line names; or what pygrub will boot',
  takes,
  examples: [
    ['xenfai check --repository http://web/debian-custom --release lenny', 'before there is a host'],
    ['xenfai check --vm web01', 'by the rules of its host'],
    ['xenfai check --host xvm03 --repository http://web/d --release lenny', 'the same without a VM'],
    ['xenfai check --vm web01 --via root@xvm03', 'the two files as dom0 gets them, too'],
    ['xenfai check --disk-config /srv/fai/config/disk_config/XENPV', 'can pygrub read what FAI will make?'],
  ],
  exits: [6, 7],
  access: 'read',
  run: checkAny,
});

/**
 * The netboot files, fetched as eliloader will fetch them, and what belongs to them. With --repository no host is needed;
 * --disk-config looks at what the guest boots afterwards.
 */
async function checkAny(options: Options, around: Surroundings): Promise<Result> {
  refuseMixture(options);
  const look = lookWithin(options.timeout ?? null, around);
  const named = options.template ?? options.vm;
  if (named !== undefined) {
    const what = options.template === undefined ? 'VM' : 'template';
    return withHost(options, around, async ({ host }) => {
      const vm = await findVm(host.session, named, what);
      const { signal, transport } = around;
      const { able, xen } = await host.facts();
      const result = await checkVm(vm, host, { signal, transport, look });
      return report(result, await diskOf(options, xen, signal), [], able);
    });
  }
  if (options.repository === undefined && options.diskConfig === undefined)
    return usage('Say what to check.', [
      'xenfai check --repository URL --release lenny',
      'xenfai check --template NAME',
      'xenfai check --vm NAME',
      'xenfai check --disk-config menu.lst',
    ]);
  // A host that is named in so many words decides; one that is only known is not asked for a password.
  if (options.host === undefined && options.profile === undefined)
    return checkAlone(options, around, look, {
      by: options.for === undefined ? null : rulesOf(options.for),
      dom0: await shellAt(options.via ?? null, around),
    });
  return withHost(options, around, async ({ host }) => {
    const { rules, xen, able } = await host.facts();
    return checkAlone(options, around, look, { by: { loader: rules.loader, xen, able }, dom0: host.dom0 });
  });
}

/** By what a check goes: the loader and the Xen of a host or of a release. */
interface HostRules {
  readonly loader: Loader;
  readonly xen: XenVersion | null;
  readonly able: Capabilities;
}

const rulesOf = (release: HostRelease): HostRules => ({
  loader: release.loader,
  xen: release.xen,
  able: capabilities(release),
});

/** What one place names, no flag names anew: whoever believes so would read the wrong answer. */
function refuseMixture({ vm, template, repository, release, arch, proxy, for: host, ...given }: Options): void {
  if ([vm, template, repository].filter((one) => one !== undefined).length > 1)
    usage('One of --repository, --template and --vm is wanted.');
  if (vm === undefined && template === undefined) {
    if (host !== undefined && (given.host !== undefined || given.profile !== undefined))
      usage('--for names a release, --host has its own: one of them is wanted.');
    return;
  }
  for (const [flag, value] of Object.entries({ release, arch, proxy, for: host }))
    if (value !== undefined)
      usage(`--${flag} goes with --repository; a VM or template is checked as it is set, by the rules of its host.`);
}

interface Standpoint {
  /** Null: no host is known. */
  readonly by: HostRules | null;
  readonly dom0: Shell | null;
}

/** What no VM or template names. */
async function checkAlone(
  options: Options,
  around: Surroundings,
  look: Look,
  { by, dom0 }: Standpoint,
): Promise<Result> {
  const { repository, release, arch = defaults.arch, proxy } = options;
  const { signal, transport } = around;
  const disk = await diskOf(options, by?.xen ?? null, signal);
  const able = by?.able ?? null;
  if (repository === undefined) return report(resultOf(null, [], []), disk, [], able);
  if (release === undefined) return usage('--repository needs --release.', [{ act: 'give', setting: 'release' }]);
  const notes = options.arch === undefined ? ['No --arch: i386, as eliloader takes it.'] : [];
  const { loader, xen } = by ?? { loader: null, xen: null };
  const networkBoot = able?.networkBoot ?? null;
  const source = { repository, release, arch };
  return report(await look({ source, proxy, loader, networkBoot, xen, dom0, signal, transport }), disk, notes, able);
}

type Look = (asked: CheckOptions) => Promise<CheckResult>;

/** The survey, ended after so many seconds from now on, however many files are still waited for. Null: no such end. */
function lookWithin(seconds: number | null, { now }: Surroundings): Look {
  if (seconds === null) return (asked) => survey(asked, now());
  const deadline = AbortSignal.timeout(timeoutOf({ timeout: seconds }));
  return async (asked) => {
    try {
      return await survey({ ...asked, signal: AbortSignal.any([asked.signal, deadline]) }, now());
    } catch (error) {
      if (!deadline.aborted || asked.signal.aborted) throw error;
      return resultOf(null, [], [overdue(asked.source.repository, seconds)]);
    }
  };
}

const overdue = (repository: string, seconds: number): Finding => ({
  severity: 'error',
  code: 'check-overdue',
  message: `${repository} had not answered everything after ${seconds} s, when the check was ended.`,
  try: { act: 'give', setting: 'timeout', note: 'waits longer' },
});

const diskOf = ({ diskConfig }: Options, xen: XenVersion | null, signal: AbortSignal): Promise<DiskCheck | null> =>
  diskConfig === undefined ? Promise.resolve(null) : checkDisk(diskConfig, xen, signal);

function report(
  netboot: CheckResult,
  disk: DiskCheck | null,
  notes: readonly string[],
  able: Capabilities | null,
): Result {
  const findings = [...netboot.findings, ...(disk?.findings ?? [])];
  const result = { ...netboot, findings, ok: netboot.ok && errorsOf(findings).length === 0 };
  return {
    exit: result.ok ? exit.done : exit.checkFailed,
    json: {
      files: result.files,
      findings: findings.map(findingJson),
      ...(able === null ? {} : { capabilities: capabilitiesJson(able) }),
      ...(disk === null ? {} : { diskConfig: disk.views }),
      ...(result.ok ? {} : { error: problemJson(failure(result)) }),
    },
    lines: [
      ...notes,
      ...(able === null || isSaid(able, findings) ? [] : capabilityLines(able)),
      ...checkLines({ ...netboot, findings: [] }),
      ...bootLines(disk?.views ?? []),
      ...findingLines(findings),
    ],
  };
}

/** Where a finding has said it, once is enough. */
const isSaid = ({ networkBoot }: Capabilities, findings: readonly Finding[]): boolean =>
  findings.some(({ message }) => message === networkBootText(networkBoot));

function failure({ findings, files }: CheckResult): Problem {
  const [first] = errorsOf(findings);
  const url = files.find((file) => !file.ok)?.url;
  return {
    code: 'check-failed',
    exit: exit.checkFailed,
    message: first?.message ?? 'The repository check failed.',
    ...(first?.try === undefined ? {} : { try: [first.try] }),
    ...(url === undefined ? {} : { url }),
  };
}
