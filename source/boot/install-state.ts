import { defaults } from '../limits/defaults.ts';
import { type LastBoot, lastBoot } from './last-boot.ts';
import { type Mark, type MarkName, markKeys, readMark } from './marks.ts';
import { isArchWord, isUsableRepository, needsRelease } from './methods/eliloader.ts';
import { takesLoaderArgs } from './methods/eliloader-line.ts';
import { type BootRules, unknownRules } from './releases.ts';

/** The fields of a VM that decide what its next boot does; xapi's records satisfy it as they are. */
export interface BootRecord {
  readonly uuid: string;
  readonly power_state: string;
  readonly PV_bootloader: string;
  readonly PV_bootloader_args: string;
  readonly PV_args: string;
  readonly HVM_boot_policy: string;
  readonly domain_type?: string;
  readonly other_config: Readonly<Record<string, string>>;
  readonly last_booted_record: string;
}

/** In the order of an install's life. Only who watches can say `waiting` (for a key) and `lost` (no sign of life). */
export const installStates = [
  'half-armed',
  'armed',
  'fired',
  'installing',
  'waiting',
  'failed',
  'lost',
  'installed',
  'disarmed',
  'other',
] as const;

export type InstallState = (typeof installStates)[number];

/** In the order they are listed and repaired. */
export const missingWords = [
  'bootloader',
  'loader-args',
  'loader',
  'distro',
  'repository',
  'release',
  'arch',
  'round',
  'hvm',
  'args',
  'disks',
  'halted',
] as const;

export type Missing = (typeof missingWords)[number];

/** What fai/ says of the VM's PV_args; handed in, because this folder knows nothing of FAI. */
export interface ArgsFacts {
  readonly hasFai: boolean;
  readonly errors: boolean;
}

/** What the record alone does not say. */
export interface BootPlace {
  /** Of the host's release. */
  readonly rules: BootRules;
  /** VBDs that are bootable and not empty, CDs included; undefined where nobody has counted. */
  readonly bootableDisks?: number | undefined;
}

const anywhere: BootPlace = { rules: unknownRules };

export interface StateOfInstall {
  readonly state: InstallState;
  /** Empty unless half-armed. */
  readonly missing: readonly Missing[];
}

/**
 * Where a VM stands between "the next boot runs the installer" and "installed"; the definitions of the README.
 * eliloader without install-distro means rhlike to the loader; debianlike without eliloader is half a rearm, too.
 */
export function installState(vm: BootRecord, args: ArgsFacts, place: BootPlace = anywhere): StateOfInstall {
  if (vm.PV_bootloader === 'eliloader' || netboots(vm.other_config)) {
    const missing = whatIsMissing(vm, args, place);
    return { state: missing.length === 0 ? 'armed' : 'half-armed', missing };
  }
  return { state: stateAfterwards(vm, args.hasFai, place.rules), missing: [] };
}

/** FAI's own verdict first, as it is kept on the VM; then what the record tells. */
function stateAfterwards(vm: BootRecord, hasFai: boolean, { recordTells }: BootRules): InstallState {
  const armed = readMark(vm.other_config, 'armed', vm.uuid);
  const verdicts = verdictsOn(vm, armed);
  const switched = vm.PV_bootloader === 'pygrub' && vm.other_config['install-distro'] === undefined;
  const fired = switched && (hasFai || armed !== null);
  if (!fired && verdicts.length === 0) return 'other';
  // Some kilobytes to read: only of the VMs that it matters for.
  const boot = recordTells === 'nothing' ? null : lastBoot(vm.last_booted_record, vm.uuid);
  const verdict = verdicts.find((name) => !wasThereBefore(vm, boot, name));
  if (verdict === 'failed') return 'failed';
  const done = hasFai ? 'installed' : 'disarmed';
  if (verdict === 'installed') return done;
  if (!fired) return 'other';
  if (boot === null) return 'fired';
  if (boot.bootloader === 'pygrub') return cameUp(vm, boot) && isSinceArming(vm, boot) ? done : 'fired';
  // A power cycle that the installer began may have come up from the disk since.
  return vm.power_state !== 'Halted' && recordTells === 'every boot' ? 'installing' : 'fired';
}

/** What FAI has said since the arming, the latest first. */
function verdictsOn(vm: BootRecord, armed: Mark | null): ('installed' | 'failed')[] {
  const since = armed === null ? Number.NEGATIVE_INFINITY : Date.parse(armed.at);
  return (['failed', 'installed'] as const)
    .flatMap((name) => {
      const mark = readMark(vm.other_config, name, vm.uuid);
      return mark === null ? [] : [{ name, at: Date.parse(mark.at) }];
    })
    .filter(({ at }) => at >= since)
    .sort((a, b) => b.at - a.at)
    .map(({ name }) => name);
}

/** A mark from before the installer's boot is void: somebody armed the VM by hand, and its disk is being erased. */
const wasThereBefore = (vm: BootRecord, boot: LastBoot | null, name: MarkName): boolean =>
  boot?.bootloader === 'eliloader' && boot.otherConfig[markKeys[name]] === vm.other_config[markKeys[name]];

/** A boot from before the arming says nothing of the attempt: the loader was taken off again by hand. */
const isSinceArming = (vm: BootRecord, boot: LastBoot): boolean =>
  readMark(vm.other_config, 'armed', vm.uuid) === null ||
  boot.otherConfig[markKeys.armed] === vm.other_config[markKeys.armed];

/**
 * The record is written before the boot is tried: pygrub may have found no kernel. A VM that is up has come up; a
 * halted one has if it was shut down since, which xapi notes in other_config up to 6.0 (xapi_vm.ml,
 * record_shutdown_details: for the API's calls and the guest's own doings alike).
 */
function cameUp(vm: BootRecord, boot: LastBoot): boolean {
  if (vm.power_state !== 'Halted') return true;
  const { last_shutdown_time: at, last_shutdown_reason: reason } = vm.other_config;
  return at !== undefined && at !== boot.otherConfig['last_shutdown_time'] && reason !== 'crashed';
}

/** Everything that stands between this record and "armed", as words. */
export function whatIsMissing(vm: BootRecord, args: ArgsFacts, place: BootPlace = anywhere): Missing[] {
  const { rules, bootableDisks = 1 } = place;
  const words = vm.other_config;
  const repository = words['install-repository'] ?? '';
  const byPaths = words['install-distro'] === 'pygrub';
  const wrong: Record<Missing, boolean> = {
    bootloader: vm.PV_bootloader !== 'eliloader',
    'loader-args': !takesLoaderArgs(vm.PV_bootloader_args, rules.loader),
    loader: rules.loader === 'none',
    distro: !netboots(words),
    repository: !isUsableRepository(repository),
    // The loader's other way goes by paths alone.
    release: !byPaths && needsRelease(repository, rules.loader) && (words['debian-release'] ?? '') === '',
    // Not set at all it means i386.
    arch: !byPaths && !isArchWord(words['install-arch'] ?? defaults.arch),
    round: words['install-round'] !== undefined,
    hvm: vm.HVM_boot_policy !== '' || vm.domain_type === 'hvm' || vm.domain_type === 'pvh',
    args: !args.hasFai || args.errors,
    disks: rules.severalDisks === 'refused' && bootableDisks > 1,
    halted: vm.power_state !== 'Halted',
  };
  return missingWords.filter((word) => wrong[word]);
}

/** eliloader's two ways to Debian's files: its tree, or two paths (both in the loader of 5.6: xen-api 3c71283aac). */
const netboots = (words: BootRecord['other_config']): boolean =>
  words['install-distro'] === 'debianlike' ||
  (words['install-distro'] === 'pygrub' &&
    (words['install-kernel'] ?? '') !== '' &&
    (words['install-ramdisk'] ?? '') !== '');
