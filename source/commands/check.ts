import { findVm } from '../hosts/vm.ts';
import { hostRelease, knownReleases } from '../netboot/releases.ts';
import { checkVm } from '../operations/start.ts';
import { type CheckResult, checkRepository } from '../repository/check.ts';
import { cleanLine } from '../text/clean.ts';
import { exit } from '../text/exit.ts';
import { fail } from '../text/problem.ts';
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
}

/** The netboot files, asked for as eliloader will ask. With --repository no host is needed. */
export async function check(options: CheckCommandOptions, around: Surroundings): Promise<Result> {
  const named = options.template ?? options.vm;
  if (options.repository === undefined && named === undefined) {
    fail({
      code: 'usage',
      exit: exit.usage,
      message: 'Say what to check.',
      try: [
        'xenfai check --repository URL --release lenny',
        'xenfai check --template NAME',
        'xenfai check --vm NAME',
      ],
    });
  }
  if (named !== undefined) {
    const what = options.template === undefined ? 'VM' : 'template';
    return withHost(options, around, async ({ host }) => {
      const vm = await findVm(host.session, named, what);
      return report(await checkVm(vm, await host.facts(), around.signal), []);
    });
  }
  return checkAlone(options, around);
}

async function checkAlone(options: CheckCommandOptions, around: Surroundings): Promise<Result> {
  if (options.release === undefined) {
    fail({ code: 'usage', exit: exit.usage, message: '--repository needs --release.', try: ['--release lenny'] });
  }
  const host = options.for === undefined ? null : hostRelease(options.for);
  if (options.for !== undefined && host === null) {
    fail({
      code: 'usage',
      exit: exit.usage,
      message: `--for ${options.for} is no release.`,
      try: [knownReleases.join(', ')],
    });
  }
  const notes = options.arch === undefined ? ['No --arch: i386, as eliloader takes it.'] : [];
  const source = {
    repository: options.repository ?? '',
    release: options.release ?? '',
    arch: options.arch ?? 'i386',
  };
  const result = await checkRepository({
    source,
    proxy: options.proxy,
    loader: host?.loader ?? 2010,
    xen: host?.xen ?? null,
    signal: around.signal,
  });
  return report(result, notes);
}

function report(result: CheckResult, notes: readonly string[]): Result {
  const files = result.files.map((file) => {
    const size = file.bytes === null ? '' : `  ${formatBytes(file.bytes)}`;
    return `${file.ok ? 'ok  ' : 'FAIL'}  ${file.name.padEnd(9)}  ${file.status ?? '---'}${size}  ${cleanLine(file.detail)}`;
  });
  const urls = result.files.map((file) => `      ${cleanLine(file.url)}`);
  const shown = files.flatMap((line, i) => [line, urls[i] ?? '']);
  const view = 'Seen from this machine; dom0 may see it otherwise.';
  return {
    exit: result.ok ? exit.done : exit.checkFailed,
    json: { files: result.files, findings: result.findings, ...(result.ok ? {} : { error: failure(result) }) },
    lines: [...notes, ...shown, ...findingLines(result.findings), view],
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
