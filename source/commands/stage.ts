import { hostRelease } from '../boot/releases.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { type CheckResult, checkNetboot } from '../repository/check.ts';
import { prepareStage } from '../staging/netboot-files.ts';
import type { Place, Placed } from '../staging/place.ts';
import { type ArchiveTool, archiveTools, layPool } from '../staging/pool.ts';
import type { StageSource } from '../staging/source.ts';
import { placeAt, remoteOf } from '../staging/ssh.ts';
import { tarPlace, unpackLine } from '../staging/tar.ts';
import { refuseReadOnly } from './change.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { previewResult, refusedResult, stagedResult } from './stage-report.ts';
import { withToolsIso } from './tools-iso.ts';

export interface StageOptions extends GlobalOptions {
  readonly root?: string;
  readonly tar?: string;
  readonly release?: string;
  readonly arch?: string;
  readonly nfsroot?: string;
  readonly kernel?: string;
  readonly deb?: string;
  readonly iso?: string;
  readonly initrd?: string;
  readonly url?: string;
  readonly pool?: string | true;
  readonly for?: string;
  readonly force?: boolean;
  readonly repack?: boolean;
  readonly liveIso?: string;
}

/** Puts the netboot files, and on demand the packages, where eliloader and apt will look for them. */
export async function stage(options: StageOptions, around: Surroundings): Promise<Result> {
  refuseReadOnly(options);
  const { release, arch } = options;
  if (release === undefined || arch === undefined)
    return usage('stage needs --release and --arch.', ['--release lenny --arch i386']);
  const place = placeOf(options, around);
  const tool = toolOf(options.pool);
  const work = async (source: StageSource): Promise<Result> => {
    const { signal } = around;
    const staging = await prepareStage({
      source,
      release,
      arch,
      signal,
      pool: tool !== null,
      repack: options.repack ?? false,
      initrd: options.initrd ?? null,
      xen: xenOf(options.for),
    });
    const root = remoteOf(options.root ?? '')?.folder ?? options.root ?? '.';
    const pool = await layPool(staging.packages, tool ?? 'apt-ftparchive', { root, release, arch });
    const files = [...staging.netboot, ...pool.files];
    if (errorsOf(staging.findings).length > 0 && !options.force) return refusedResult(staging);
    if (options.dryRun) return previewResult(staging, files, place.name);
    const placed = await place.put(files, signal);
    const commands =
      options.tar === undefined
        ? pool.commands
        : [`${unpackLine('ROOT')}   # in the root of the web server`, ...pool.commands];
    const check =
      options.url === undefined || staging.netboot.length === 0
        ? null
        : await checkStaged(options.url, { release, arch }, placed, signal);
    return stagedResult({ staging, placed, commands, place, check, toStderr: options.tar !== undefined });
  };
  return options.iso === 'host'
    ? withToolsIso(options, around, (file) => work({ from: 'iso', file }))
    : work(sourceOf(options));
}

function placeOf(options: StageOptions, around: Surroundings): Place {
  const { root, tar } = options;
  if ((root === undefined) === (tar === undefined))
    usage('Say where to: --root DIR, --root user@host:/dir, or --tar - .');
  if (tar !== undefined) {
    if (tar !== '-') usage('--tar takes - : the archive goes to standard output.');
    if (options.json) usage('--tar - and --json both want standard output.');
    if (options.url !== undefined)
      usage('With --tar - nothing is in place yet: run xenfai check afterwards instead of --url.');
    if (around.stdoutIsTerminal)
      usage('The archive would go to this terminal.', [
        "xenfai stage … --tar - | ssh web 'cd /srv/www && tar -xpf -'",
      ]);
    return tarPlace(around.stdout);
  }
  if (/^\w+:\/\//.test(root ?? ''))
    usage('--root is a folder, not a URL.', [
      '--root DIR or user@host:/dir; --url is the same place as seen from outside.',
    ]);
  return placeAt(root ?? '', !around.interactive);
}

function toolOf(pool: string | true | undefined): ArchiveTool | null {
  if (pool === undefined) return null;
  const tool = archiveTools.find((name) => pool === true || name === pool);
  return tool ?? usage(`--pool ${String(pool)} is no tool xenfai knows.`, [archiveTools.join(', ')]);
}

function xenOf(release: string | undefined) {
  if (release === undefined) return null;
  return hostRelease(release)?.xen ?? usage(`--for ${release} is no release.`);
}

function sourceOf({ nfsroot, kernel, deb, iso }: StageOptions): StageSource {
  const given: StageSource[] = [
    ...(nfsroot === undefined ? [] : [{ from: 'nfsroot' as const, folder: nfsroot }]),
    ...(kernel === undefined ? [] : [{ from: 'files' as const, kernel }]),
    ...(deb === undefined ? [] : [{ from: 'deb' as const, file: deb }]),
    ...(iso === undefined ? [] : [{ from: 'iso' as const, file: iso }]),
  ];
  const [first, ...others] = given;
  if (first !== undefined && others.length === 0) return first;
  return usage('Say where the kernel comes from: one of --nfsroot, --kernel, --deb, --iso.', [
    '--nfsroot /srv/fai/nfsroot has kernel and initrd',
    '--iso host finds the tools ISO of a XenServer',
  ]);
}

/** Asks for the files as eliloader will, and compares what comes with what was put there. */
async function checkStaged(
  repository: string,
  { release, arch }: { readonly release: string; readonly arch: string },
  placed: readonly Placed[],
  signal: AbortSignal,
): Promise<CheckResult> {
  const source = { repository, release, arch };
  const result = await checkNetboot({ source, loader: null, xen: null, signal });
  const other = result.files.filter((file) => {
    const put = placed.find(({ path }) => path.endsWith(`/${file.name}`));
    return put !== undefined && file.sha256 !== null && file.sha256 !== put.sha256;
  });
  if (other.length === 0) return result;
  const names = other.map(({ name }) => name).join(' and ');
  const finding = {
    severity: 'error' as const,
    code: 'not-what-was-staged',
    message: `The server sends another ${names} than was put there: --root is not the folder behind ${repository}.`,
    try: 'Correct --root or --url; a proxy in between may also keep the old file.',
  };
  return { ...result, ok: false, findings: [finding, ...result.findings] };
}

function usage(message: string, advice: readonly string[] = []): never {
  return fail({ code: 'usage', exit: exit.usage, message, ...(advice.length === 0 ? {} : { try: advice }) });
}
