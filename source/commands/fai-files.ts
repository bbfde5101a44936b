import { faiFiles } from '../fai/files/files.ts';
import { faiReleases } from '../fai/files/system.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { makeSpace, type PlannedFile, planFiles, writeFile } from '../staging/config-space.ts';
import { nextSteps, type Step } from '../staging/fai-steps.ts';
import { cleanText } from '../text/clean.ts';
import { refuseReadOnly } from './change.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';

export interface FaiFilesCommandOptions extends GlobalOptions {
  readonly release?: string;
  readonly arch?: string;
  readonly repository?: string;
  readonly root?: string;
  readonly nfsroot?: string;
  readonly etc?: string;
}

/** The page's own names, for a first look without any answer. */
const usual = { release: 'lenny', arch: 'i386', repository: 'http://myrepo.example.com/debian-custom' } as const;

/**
 * Writes what a config space needs for guests of XenServer. What is new is written; what differs is shown, and
 * written only when somebody says so. Ends with the commands to run in order.
 */
export async function faiFilesCommand(
  folder: string,
  options: FaiFilesCommandOptions,
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  const release = options.release ?? usual.release;
  const repository = options.repository ?? usual.repository;
  if (!faiReleases.includes(release))
    usage(`--release ${release} is none that fai-files knows.`, faiReleases.join(', '));
  if (/[\s'"\\]/.test(repository)) usage(`--repository "${repository}" is no URL.`, usual.repository);
  const planned = await planFiles(folder, faiFiles({ release, repository }));
  const differing = planned.filter(({ merged }) => merged.change === 'differs');
  const diffs = await diffsOf(planned);
  const overwrite =
    differing.length === 0 || options.yes === true || (await agreed(differing, diffs, options, around));
  const doing = planned.filter(
    ({ merged }) => merged.change !== 'refused' && (merged.change !== 'differs' || overwrite),
  );
  if (!options.dryRun) {
    await makeSpace(folder);
    for (const one of doing) await writeFile(folder, one);
  }
  const kept = planned.filter((one) => !doing.includes(one));
  const steps = await nextSteps({ ...usual, ...options, release, repository, folder });
  return report({
    release,
    repository,
    planned,
    kept,
    diffs,
    steps,
    dryRun: options.dryRun === true,
    asked: around.interactive,
  });
}

/** The difference of each file that is there and will be another; computed only where there is one. */
async function diffsOf(planned: readonly PlannedFile[]): Promise<Map<string, string>> {
  const changed = planned.filter(
    ({ before, merged }) => before !== null && merged.change !== 'same' && merged.change !== 'refused',
  );
  if (changed.length === 0) return new Map();
  const { createTwoFilesPatch } = await import('diff');
  return new Map(
    changed.map(({ file, before, merged }) => [
      file.path,
      createTwoFilesPatch(
        file.path,
        `${file.path} (xenfai)`,
        readable(before ?? ''),
        readable('text' in merged ? merged.text : ''),
      ),
    ]),
  );
}

/** Files are kept as bytes; for a person they are UTF-8, as a rule. */
const readable = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

async function agreed(
  differing: readonly PlannedFile[],
  diffs: ReadonlyMap<string, string>,
  options: FaiFilesCommandOptions,
  around: Surroundings,
): Promise<boolean> {
  if (!around.interactive || options.dryRun || options.json) return false;
  for (const { file } of differing) around.err(cleanText(diffs.get(file.path) ?? ''));
  return around.ask(
    `Overwrite ${differing.map(({ file }) => file.path).join(', ')}? The old ones are kept, with a ~ behind their names.`,
  );
}

const words = {
  new: 'new',
  same: 'same',
  differs: 'differs',
  block: 'block put in',
  refused: 'not touched',
} as const;

interface Report {
  readonly release: string;
  readonly repository: string;
  readonly planned: readonly PlannedFile[];
  readonly kept: readonly PlannedFile[];
  readonly diffs: ReadonlyMap<string, string>;
  readonly steps: readonly Step[];
  readonly dryRun: boolean;
  /** The differences were on the screen already. */
  readonly asked: boolean;
}

function report({ release, repository, planned, kept, diffs, steps, dryRun, asked }: Report): Result {
  const lines = planned.flatMap((one) => {
    const { file, merged, wrongMode } = one;
    const state = merged.change === 'differs' && !kept.includes(one) ? 'overwritten' : words[merged.change];
    const note = merged.change === 'refused' ? `: ${merged.why}` : wrongMode ? ', mode set right' : `  ${file.about}`;
    const diff = diffs.get(file.path);
    const shown =
      diff !== undefined && (!asked || dryRun)
        ? cleanText(diff)
            .split('\n')
            .map((line) => `    ${line}`)
        : [];
    return [`${state.padEnd(12)}  ${file.path}${cleanText(note)}`, ...shown];
  });
  const done = steps.map(({ text, done, command }, i) => [
    `${i + 1}. [${done === null ? '?' : done ? 'x' : ' '}] ${text}`,
    ...command.map((line) => `       ${line}`),
  ]);
  const failed = kept.length > 0 && !dryRun;
  const names = kept.map(({ file }) => file.path).join(', ');
  const problem = {
    code: 'not-overwritten',
    message: `Not overwritten: ${names}.`,
    try: [
      'Look at the differences; --yes overwrites what differs and keeps the old ones with a ~ behind their names.',
    ],
  };
  return {
    exit: failed ? exit.refused : exit.done,
    json: {
      files: planned.map(({ file, merged }) => ({
        path: file.path,
        mode: file.mode.toString(8),
        change: merged.change,
        ...(merged.change === 'refused' ? { why: merged.why } : {}),
        diff: diffs.get(file.path) ?? null,
      })),
      steps,
      ...(dryRun ? { dryRun: true } : {}),
      ...(failed ? { error: problem } : {}),
    },
    lines: [
      `for ${release}, with the archive ${cleanText(repository)} (--release and --repository say otherwise)`,
      ...lines,
      '',
      'In this order ([x] is done, [?] is not seen from here):',
      ...done.flat(),
    ],
    problems: failed ? [`xenfai: ${problem.message}`, ...problem.try.map((advice) => `  try: ${advice}`)] : [],
  };
}

function usage(message: string, advice: string): never {
  return fail({ code: 'usage', exit: exit.usage, message, try: [advice] });
}
