import { type HostRelease, hostRelease, knownReleases, type XenVersion } from '../boot/releases.ts';
import { findVm } from '../hosts/vm.ts';
import { checkVm } from '../operations/check.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { type CheckResult, resultOf } from '../repository/check.ts';
import { survey } from '../repository/survey.ts';
import { bootLines, checkDisk, type DiskCheck } from '../staging/guest-disk.ts';
import { cleanLine } from '../text/clean.ts';
import { formatBytes } from '../text/sizes.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { findingLines } from './print.ts';

export interface CheckCommandOptions extends GlobalOptions {
  readonly repository?: string;
  readonly release?: string;
  readonly arch?: string;
  readonly proxy?: string;
  readonly for?: string;
  readonly template?: string;
  readonly vm?: string;
  readonly diskConfig?: string;
}

/**
 * The netboot files, asked for as eliloader will ask, and what belongs to them. With --repository no host is needed;
 * --disk-config looks at what the guest boots afterwards.
 */
export async function check(options: CheckCommandOptions, around: Surroundings): Promise<Result> {
  const named = options.template ?? options.vm;
  if (named !== undefined) {
    const what = options.template === undefined ? 'VM' : 'template';
    return withHost(options, around, async ({ host }) => {
      const vm = await findVm(host.session, named, what);
      const { signal } = around;
      const facts = await host.facts();
      const result = await checkVm(vm, facts, { signal, look: (asked) => survey(asked, seenBy(around)) });
      return report(result, await diskOf(options, facts.xen), []);
    });
  }
  const release = releaseOf(options.for);
  const disk = await diskOf(options, release?.xen ?? null);
  if (options.repository !== undefined) {
    const notes = options.arch === undefined ? ['No --arch: i386, as eliloader takes it.'] : [];
    return report(await checkAlone(options, release, around), disk, notes);
  }
  if (disk !== null) return report(resultOf([], []), disk, []);
  return fail({
    code: 'usage',
    exit: exit.usage,
    message: 'Say what to check.',
    try: [
      'xenfai check --repository URL --release lenny',
      'xenfai check --template NAME',
      'xenfai check --vm NAME',
      'xenfai check --disk-config menu.lst',
    ],
  });
}

function checkAlone(
  options: CheckCommandOptions,
  host: HostRelease | null,
  around: Surroundings,
): Promise<CheckResult> {
  const { repository = '', release, arch = 'i386', proxy } = options;
  if (release === undefined) {
    return fail({
      code: 'usage',
      exit: exit.usage,
      message: '--repository needs --release.',
      try: ['--release lenny'],
    });
  }
  const { loader, xen } = host ?? { loader: null, xen: null };
  const source = { repository, release, arch };
  return survey({ source, proxy, loader, xen, signal: around.signal }, seenBy(around));
}

function releaseOf(named: string | undefined): HostRelease | null {
  if (named === undefined) return null;
  return (
    hostRelease(named) ??
    fail({
      code: 'usage',
      exit: exit.usage,
      message: `--for ${named} is no release.`,
      try: [knownReleases.join(', ')],
    })
  );
}

const diskOf = ({ diskConfig }: CheckCommandOptions, xen: XenVersion | null): Promise<DiskCheck | null> =>
  diskConfig === undefined ? Promise.resolve(null) : checkDisk(diskConfig, xen);

const seenBy = (around: Surroundings) => ({ now: around.now(), dial: around.dial });

/** Files, URLs and findings of a check, for people. */
export function checkLines(result: CheckResult): string[] {
  const files = result.files.map((file) => {
    const size = file.bytes === null ? '' : `  ${formatBytes(file.bytes)}`;
    const word = file.ok ? 'ok  ' : file.detail === 'not fetched' ? '--  ' : 'FAIL';
    return `${word}  ${file.name.padEnd(9)}  ${file.status ?? '---'}${size}  ${cleanLine(file.detail)}`;
  });
  const urls = result.files.map((file) => `      ${cleanLine(file.url)}`);
  const shown = files.flatMap((line, i) => [line, urls[i] ?? '']);
  return [...shown, ...findingLines(result.findings)];
}

function report(netboot: CheckResult, disk: DiskCheck | null, notes: readonly string[]): Result {
  const findings = [...netboot.findings, ...(disk?.findings ?? [])];
  const result = { ...netboot, findings, ok: netboot.ok && errorsOf(findings).length === 0 };
  return {
    exit: result.ok ? exit.done : exit.checkFailed,
    json: {
      files: result.files,
      findings,
      ...(disk === null ? {} : { diskConfig: disk.views }),
      ...(result.ok ? {} : { error: failure(result) }),
    },
    lines: [
      ...notes,
      ...checkLines({ ...netboot, findings: [] }),
      ...bootLines(disk?.views ?? []),
      ...findingLines(findings),
    ],
  };
}

function failure(result: CheckResult) {
  const first = result.findings.find((finding) => finding.severity === 'error');
  const url = result.files.find((file) => !file.ok)?.url;
  return {
    code: 'check-failed',
    message: first?.message ?? 'The repository check failed.',
    ...(first?.try === undefined ? {} : { try: [first.try] }),
    ...(url === undefined ? {} : { url }),
  };
}
