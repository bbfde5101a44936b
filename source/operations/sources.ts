import { type Mark, readMark } from '../boot/marks.ts';
import { isUsableRepository, type NetbootPaths, sourceFindings } from '../boot/methods/eliloader.ts';
import { hasFaiArguments } from '../fai/kernel-line.ts';
import { validateLine } from '../fai/validate.ts';
import { defaults } from '../limits/defaults.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf, type Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import type { VmRecord } from '../xapi/records.ts';
import type { Source } from './plan.ts';

/** The four things that make a netboot, from a flag, a profile or anywhere else. */
export interface ArmingSettings {
  readonly repository?: string | undefined;
  readonly release?: string | undefined;
  readonly arch?: string | undefined;
  readonly args?: string | undefined;
  /** Paths below the repository for install-distro=pygrub; an empty one means the tree again. */
  readonly kernel?: string | undefined;
  readonly initrd?: string | undefined;
}

export interface Chosen {
  readonly repository: string;
  readonly release: string;
  readonly arch: string;
  readonly args: string;
  readonly paths: NetbootPaths | undefined;
  readonly sources: readonly Source[];
  readonly notes: readonly Finding[];
}

interface Candidates {
  readonly flags: ArmingSettings;
  readonly vm: VmRecord;
  readonly template: VmRecord | null;
  /** The template was named by --template, not found on record. */
  readonly named: boolean;
  readonly profile: ArmingSettings;
}

type What = 'repository' | 'release' | 'arch' | 'args';

/**
 * Where rearm and repair take repository, release, arch and args from: the flag, the VM itself if eliloader can use
 * what it has, its own mark, the template, the profile. Errors: exit 2 naming the flag when none has a value; exit 2
 * for values that cannot work.
 */
export function chooseSources(candidates: Candidates): Chosen {
  refuseHalfPaths(candidates.flags);
  const mark = readMark(candidates.vm.other_config, 'armed', candidates.vm.uuid);
  const fromTemplate = candidates.template === null ? {} : fromRecord(candidates.template);
  const places: readonly (readonly [from: string | null, settings: ArmingSettings])[] = [
    [null, candidates.flags],
    ['the VM', fromRecord(candidates.vm)],
    ['its mark of the last arming', mark ?? {}],
    [`template ${candidates.template?.name_label ?? ''}`, fromTemplate],
    ['the profile', candidates.profile],
    // Without install-arch the loader takes i386 (eliloader.py).
    ['the loader', { arch: defaults.arch }],
  ];
  const sources: Source[] = [];
  const choose = (what: What): string => {
    for (const [from, settings] of places) {
      const value = settings[what];
      if (value === undefined || value === '') continue;
      sources.push({ what, value, from: from ?? { given: what } });
      return value;
    }
    return fail({
      code: `no-${what}`,
      exit: exit.usage,
      message: `${candidates.vm.name_label}: no ${what === 'args' ? 'FAI arguments' : what} known.`,
      cause: 'Neither the VM, nor a mark on it, nor a template or profile has one.',
      try: [
        { act: 'give', setting: what },
        { act: 'give', setting: 'template', note: 'with a template that is prepared for FAI' },
      ],
    });
  };
  const paths = choosePaths(candidates, mark);
  if (paths !== undefined)
    sources.push({
      what: 'paths',
      value: `${paths.kernel}, ${paths.ramdisk}`,
      from: 'install-kernel, install-ramdisk',
    });
  // By paths the loader asks for neither release nor architecture; what is known is kept.
  const known = (what: What): string => places.map(([, settings]) => settings[what]).find((value) => value) ?? '';
  const chosen = {
    repository: choose('repository'),
    release: paths === undefined ? choose('release') : known('release'),
    arch: paths === undefined ? choose('arch') : known('arch'),
    args: choose('args'),
    paths,
  };
  const notes = [...sourceFindings(chosen), ...validateLine(chosen.args)];
  refuseErrors(candidates.vm.name_label, notes);
  return { ...chosen, sources, notes };
}

/** Which of the loader's two ways a place speaks of; null: it says nothing of it. */
type PathsOrTree = NetbootPaths | 'tree' | null;

/**
 * Flags first: --kernel, or a --release or --template of the tree. Then what the VM is set to; what an attempt has
 * left on it counts only where our own mark, or the lack of a release, says that it was the way.
 */
function choosePaths({ flags, vm, template, named }: Candidates, mark: Mark | null): NetbootPaths | undefined {
  const words = vm.other_config;
  const left = pathsOf(words);
  const unmarked = mark === null && (words['debian-release'] ?? '') === '' ? left : null;
  const candidatesForPaths: readonly PathsOrTree[] = [
    flags.kernel === undefined
      ? flags.release === undefined
        ? null
        : 'tree'
      : pathsFrom(flags.kernel, flags.initrd),
    template !== null && named ? pathsSetOn(template.other_config) : null,
    pathsSetOn(words),
    mark === null ? null : pathsFrom(mark.kernel ?? '', mark.initrd),
    unmarked,
    template === null ? null : pathsSetOn(template.other_config),
  ];
  const chosen = candidatesForPaths.find((one) => one !== null);
  return chosen === undefined || chosen === 'tree' ? undefined : chosen;
}

const pathsFrom = (kernel: string, ramdisk: string | undefined): PathsOrTree =>
  kernel === '' ? 'tree' : { kernel, ramdisk: ramdisk ?? '' };

function pathsOf(words: VmRecord['other_config']): NetbootPaths | null {
  const [kernel = '', ramdisk = ''] = [words['install-kernel'], words['install-ramdisk']];
  return kernel === '' || ramdisk === '' ? null : { kernel, ramdisk };
}

/** The loader takes install-distro away when it fires: without it the words say nothing. */
function pathsSetOn(words: VmRecord['other_config']): PathsOrTree {
  const distro = words['install-distro'];
  if (distro === 'debianlike') return 'tree';
  return distro === 'pygrub' ? pathsOf(words) : null;
}

/** Both paths or none: half of a pair would be filled up from elsewhere. Exit 2. */
export function refuseHalfPaths({ kernel, initrd }: ArmingSettings): void {
  if (kernel === '' || (kernel === undefined) === (initrd === undefined)) return;
  fail({
    code: 'no-path',
    exit: exit.usage,
    message: 'The paths of kernel and initrd go together.',
    try: [{ act: 'give', setting: 'initrd' }, "An empty kernel goes back to debian-installer's tree."],
  });
}

/** Values a boot cannot work with are refused before anything is written. */
export function refuseErrors(name: string, notes: readonly Finding[]): void {
  const [first, ...more] = errorsOf(notes);
  if (first === undefined) return;
  fail({
    code: first.code,
    exit: exit.usage,
    message: `${name}: ${first.message}`,
    ...(more.length > 0 ? { cause: more.map((finding) => finding.message).join(' ') } : {}),
    try: [first, ...more].flatMap((finding) => (finding.try === undefined ? [] : [finding.try])),
  });
}

/** What a record has that eliloader and FAI could use; the rest counts as absent. */
function fromRecord(record: VmRecord): ArmingSettings {
  const words = record.other_config;
  const repository = words['install-repository'] ?? '';
  return {
    repository: isUsableRepository(repository) ? repository : undefined,
    release: words['debian-release'],
    arch: words['install-arch'],
    args: hasFaiArguments(record.PV_args) ? record.PV_args : undefined,
  };
}
