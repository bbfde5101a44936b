import { exit } from '../problem/exit.ts';
import { errorsOf, type Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import type { CheckResult } from '../repository/check.ts';
import type { Staging } from '../staging/netboot-files.ts';
import type { Place, Placed, Repair } from '../staging/place.ts';
import { repairFinding } from '../staging/repairs.ts';
import { cleanLine } from '../text/clean.ts';
import { formatBytes } from '../text/sizes.ts';
import { checkLines } from './check-lines.ts';
import { findingJson, problemJson } from './json.ts';
import { findingLines } from './plain.ts';
import type { Result } from './result.ts';

/** What was done, for a person and for a script. */
export interface Staged {
  readonly staging: Staging;
  readonly placed: readonly Placed[];
  readonly repairs: readonly Repair[];
  readonly commands: readonly string[];
  readonly place: Place;
  readonly check: CheckResult | null;
  readonly toStderr: boolean;
}

export function stagedResult({ staging, placed, repairs, commands, place, check, toStderr }: Staged): Result {
  const findings = [...repairs.map(repairFinding), ...staging.findings];
  const lines = [
    ...placed.flatMap((file) => placedLines(file, staging)),
    `below ${cleanLine(place.name)}`,
    ...findingLines(findings),
    ...(commands.length === 0 ? [] : ['next:', ...commands.map((command) => `  ${command}`)]),
    ...(check === null ? [] : ['over the network:', ...checkLines(check)]),
  ];
  const failed = check !== null && !check.ok;
  const first = failed ? errorsOf(check.findings)[0] : undefined;
  return {
    exit: failed ? exit.checkFailed : exit.done,
    json: {
      ...jsonOf(findings, placed, commands),
      ...(check === null ? {} : { check: { files: check.files, findings: check.findings.map(findingJson) } }),
      ...(first === undefined ? {} : { error: { code: 'check-failed', message: first.message } }),
    },
    lines: toStderr ? [] : lines,
    aside: toStderr ? lines : [],
  };
}

function placedLines({ path, bytes, sha256, changed, backup }: Placed, staging: Staging): string[] {
  const detail = staging.netboot.find((file) => file.path === path)?.detail;
  const what = !changed ? 'same' : backup === null ? 'new ' : 'new, the one before kept as .bak';
  return [
    `${what}  ${cleanLine(path)}  ${formatBytes(bytes)}${detail === undefined ? '' : `  ${cleanLine(detail)}`}`,
    `      sha256 ${sha256}`,
  ];
}

const jsonOf = (findings: readonly Finding[], staged: readonly Placed[], commands: readonly string[]) => ({
  staged,
  findings: findings.map(findingJson),
  commands,
});

/** Staging a kernel that cannot boot would only move the mistake to the one attempt. */
export function refusedResult(staging: Staging): Result {
  const [first] = errorsOf(staging.findings);
  const problem: Problem = {
    code: 'check-failed',
    exit: exit.checkFailed,
    message: `Nothing was put anywhere: ${first?.message ?? 'these files cannot boot.'}`,
    try: [
      ...(first?.try === undefined ? [] : [first.try]),
      { act: 'give', setting: 'force', note: 'puts them there all the same' },
    ],
  };
  return {
    exit: exit.checkFailed,
    json: { ...jsonOf(staging.findings, [], []), error: problemJson(problem) },
    lines: [],
    aside: findingLines(staging.findings),
    problems: [problem],
  };
}

/** What --dry-run shows. */
export function previewResult(
  staging: Staging,
  files: readonly { path: string; size: number; sha256: string }[],
  place: string,
): Result {
  const plan = files.map(({ path, size, sha256 }) => ({
    target: place,
    step: `put ${path}`,
    before: '',
    after: `${size} bytes, sha256 ${sha256}`,
    xe: '',
    undo: `mv ${path}.bak ${path}`,
  }));
  return {
    exit: exit.done,
    json: { ...jsonOf(staging.findings, [], []), dryRun: true, plan },
    lines: [
      ...plan.map(({ step, after }) => `${cleanLine(step)}: ${after}`),
      `below ${cleanLine(place)}`,
      ...findingLines(staging.findings),
    ],
  };
}
