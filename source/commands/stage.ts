import { errorsOf } from '../problem/finding.ts';
import { type CheckResult, checkNetboot } from '../repository/check.ts';
import { prepareStage } from '../staging/netboot-files.ts';
import type { Place, Placed } from '../staging/place.ts';
import { type ArchiveTool, archiveTools, layPool } from '../staging/pool.ts';
import type { StageSource } from '../staging/source.ts';
import { placeAt, remoteOf } from '../staging/ssh.ts';
import { tarPlace, unpackLine } from '../staging/tar.ts';
import { fileWriter } from '../staging/writer.ts';
import type { Given } from './global-flags.ts';
import type { Result } from './result.ts';
import { command } from './spec.ts';
import { previewResult, refusedResult, stagedResult } from './stage-report.ts';
import type { Surroundings } from './surroundings.ts';
import type { Take } from './take.ts';
import { fromToolsIso } from './tools-iso.ts';
import { usage } from './usage.ts';
import { architecture, codeName, hostVersion } from './values.ts';

const takes = (take: Take) => ({
  root: take.text('--root <place>', 'its folder: DIR, or user@host:/dir by ssh'),
  tar: take.text('--tar <file>', '- : a tar archive on stdout instead'),
  release: take.as('--release <name>', 'such as lenny', codeName),
  arch: take.as('--arch <name>', 'i386 or amd64', architecture),
  nfsroot: take.text('--nfsroot <dir>', 'kernel and initrd of this nfsroot'),
  kernel: take.text('--kernel <file>', 'this kernel'),
  deb: take.text('--deb <file>', 'the kernel in this package'),
  iso: take.text('--iso <file>', 'the kernel on this tools ISO; "host": the one a XenServer has'),
  initrd: take.text('--initrd <file>', 'for sources that have none'),
  pool: take.maybe('--pool [tool]', 'the packages, too, for apt-ftparchive, reprepro or dput'),
  repack: take.on('--repack', 'the kernel packed with gzip, for a Xen that cannot unpack it as it is'),
  url: take.text('--url <url>', 'the repository as seen from outside: checks it afterwards'),
  for: take.as('--for <release>', 'by the rules of this XenServer release, such as 5.6', hostVersion),
  force: take.on('--force', 'even if something is found wrong'),
  liveIso: take.text('--live-iso <name>', 'with --iso host: a VM from this live disc to copy the files by hand'),
  network: take.text('--network <name>', 'of that VM'),
});

type StageOptions = Given & ReturnType<typeof takes>;

export const stage = command({
  name: 'stage',
  about:
    'kernel and initrd into the repository, judged first, both or none, the pair before kept as .bak; with --pool the packages, too',
  takes,
  examples: [
    [
      'xenfai stage --nfsroot /srv/fai/nfsroot --root /srv/www/debian --release lenny --arch i386',
      'on the FAI server',
    ],
    [
      'xenfai stage --iso host --host xvm03 --pool --root www@web:/srv/www/debian --release lenny --arch i386',
      'from a host, by ssh',
    ],
  ],
  exits: [6, 7, 8],
  access: 'write',
  run: stageFiles,
});

/** Puts the netboot files, and on demand the packages, where eliloader and apt will look for them. */
async function stageFiles(options: StageOptions, around: Surroundings): Promise<Result> {
  const { release, arch } = options;
  if (release === undefined || arch === undefined)
    return usage('stage needs --release and --arch.', ['Give --release lenny --arch i386']);
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
      repack: options.repack,
      initrd: options.initrd ?? null,
      xen: options.for?.xen ?? null,
    });
    const root = remoteOf(options.root ?? '')?.folder ?? options.root ?? '.';
    const pool = await layPool(staging.packages, tool ?? 'apt-ftparchive', { root, release, arch });
    const files = [...staging.netboot, ...pool.files];
    if (errorsOf(staging.findings).length > 0 && !options.force) return refusedResult(staging);
    if (options.dryRun) return previewResult(staging, files, place.name);
    const { placed, repairs } = await place.put(files, signal);
    const commands =
      options.tar === undefined
        ? pool.commands
        : [`${unpackLine('ROOT')}   # in the root of the web server`, ...pool.commands];
    const check =
      options.url === undefined || staging.netboot.length === 0
        ? null
        : await checkStaged(options.url, { release, arch }, placed, around);
    return stagedResult({ staging, placed, repairs, commands, place, check, toStderr: options.tar !== undefined });
  };
  return options.iso === 'host'
    ? fromToolsIso(options, around, (file) => work({ from: 'iso', file }))
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
  const writer = fileWriter({ readOnly: options.access === 'read' });
  return placeAt(root ?? '', { writer, batch: !around.interactive });
}

function toolOf(pool: string | true | undefined): ArchiveTool | null {
  if (pool === undefined) return null;
  const tool = archiveTools.find((name) => pool === true || name === pool);
  return tool ?? usage(`--pool ${String(pool)} is not a tool that xenfai knows.`, [archiveTools.join(', ')]);
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
  { signal, transport }: Surroundings,
): Promise<CheckResult> {
  const source = { repository, release, arch };
  const result = await checkNetboot({ source, loader: null, networkBoot: null, xen: null, signal, transport });
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
