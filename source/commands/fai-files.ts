import { faiFiles } from '../fai/files/files.ts';
import { faiReleases } from '../fai/files/system.ts';
import { exit } from '../problem/exit.ts';
import type { Problem } from '../problem/problem.ts';
import { makeSpace, type PlannedFile, planFiles, writeFile } from '../staging/config-space.ts';
import { nextSteps, type Step } from '../staging/fai-steps.ts';
import { fileWriter } from '../staging/writer.ts';
import { cleanText } from '../text/clean.ts';
import type { Given } from './global-flags.ts';
import { problemJson } from './json.ts';
import { note } from './print.ts';
import type { Result } from './result.ts';
import { command } from './spec.ts';
import type { Surroundings } from './surroundings.ts';
import type { Take } from './take.ts';
import { usage } from './usage.ts';
import { architecture } from './values.ts';

const takes = (take: Take) => ({
  folder: take.one('DIR'),
  release: take.text('--release <name>', 'of the guests; default lenny'),
  arch: take.as('--arch <name>', 'i386 or amd64, for the commands shown', architecture),
  repository: take.text('--repository <url>', 'your archive, which the files name; needed to write them'),
  root: take.text('--root <place>', 'its folder, for the commands shown'),
  nfsroot: take.text('--nfsroot <dir>', 'to see what is done; default /srv/fai/nfsroot'),
  etc: take.text('--etc <dir>', "FAI's settings; default /etc/fai"),
});

type Options = Given & ReturnType<typeof takes>;

export const faiFilesCommand = command({
  name: 'fai-files',
  about: 'what a config space needs for guests of XenServer, and the commands to run in order',
  takes,
  examples: [
    ['xenfai fai-files /srv/fai/config --repository http://web/debian-custom', 'writes what is not there yet'],
    ['xenfai fai-files /srv/fai/config --dry-run', 'shows what it would write'],
  ],
  exits: [8],
  access: 'none',
  run: writeFaiFiles,
});

/** The page's own names, for a first look without any answer; files are written with a repository that somebody named. */
const usual = { release: 'lenny', arch: 'i386', repository: 'http://myrepo.example.com/debian-custom' } as const;

/**
 * Writes what a config space needs for guests of XenServer. What is new is written; what differs is shown, and
 * written only when somebody says so. Ends with the commands to run in order.
 */
async function writeFaiFiles(options: Options, around: Surroundings): Promise<Result> {
  const { folder } = options;
  const release = options.release ?? usual.release;
  const repository = options.repository ?? usual.repository;
  if (!faiReleases.includes(release))
    usage(`--release ${release}: fai-files does not know it.`, [`It knows ${faiReleases.join(', ')}.`]);
  if (options.repository === undefined && !options.dryRun)
    usage('fai-files needs --repository: the URL of your archive is written into the files.', [
      `Give --repository ${usual.repository}; --dry-run shows the files with this one.`,
    ]);
  if (/[\s'"\\]/.test(repository))
    usage(`--repository "${repository}" is not a URL.`, [`Write it as ${usual.repository}.`]);
  const planned = await planFiles(folder, faiFiles({ release, repository }));
  const differing = planned.filter(({ merged }) => merged.change === 'differs');
  const diffs = await diffsOf(planned);
  const overwrite = differing.length === 0 || options.yes || (await agreed(differing, diffs, options, around));
  const doing = planned.filter(
    ({ merged }) => merged.change !== 'refused' && (merged.change !== 'differs' || overwrite),
  );
  if (!options.dryRun) {
    const writer = fileWriter({ readOnly: options.access === 'read' });
    await makeSpace(folder, writer);
    for (const one of doing) await writeFile(one, writer);
  }
  const kept = planned.filter((one) => !doing.includes(one));
  const { arch = usual.arch, root, nfsroot, etc } = options;
  const steps = await nextSteps({ ...given({ root, nfsroot, etc }), arch, release, repository, folder });
  return report({
    release,
    repository,
    planned,
    kept,
    diffs,
    steps,
    dryRun: options.dryRun,
    asked: around.interactive,
  });
}

/** Without what was not said. */
function given(settings: { [K in 'root' | 'nfsroot' | 'etc']: string | undefined }) {
  const { root, nfsroot, etc } = settings;
  return {
    ...(root === undefined ? {} : { root }),
    ...(nfsroot === undefined ? {} : { nfsroot }),
    ...(etc === undefined ? {} : { etc }),
  };
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
  options: Options,
  around: Surroundings,
): Promise<boolean> {
  if (!around.interactive || options.dryRun || options.json) return false;
  for (const { file } of differing) note(around, ...linesOf(diffs.get(file.path) ?? ''));
  return around.ask(
    `Overwrite ${differing.map(({ file }) => file.path).join(', ')}? The old ones are kept, with a ~ behind their names.`,
  );
}

/** Cleaned before it is taken apart: what steers a terminal may run over several lines. */
const linesOf = (text: string): string[] => cleanText(text).split('\n');

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
    const shown = diff !== undefined && (!asked || dryRun) ? linesOf(diff).map((line) => `    ${line}`) : [];
    return [`${state.padEnd(12)}  ${file.path}${note}`, ...shown];
  });
  const done = steps.map(({ text, done, command }, i) => [
    `${i + 1}. [${done === null ? '?' : done ? 'x' : ' '}] ${text}`,
    ...command.map((line) => `       ${line}`),
  ]);
  const failed = kept.length > 0 && !dryRun;
  const names = kept.map(({ file }) => file.path).join(', ');
  const problem: Problem = {
    code: 'not-overwritten',
    exit: exit.refused,
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
      ...(failed ? { error: problemJson(problem) } : {}),
    },
    lines: [
      `for ${release}, with the archive ${repository} (--release and --repository say otherwise)`,
      ...lines,
      '',
      'In this order ([x] is done, [?] is not seen from here):',
      ...done.flat(),
    ],
    problems: failed ? [problem] : [],
  };
}
