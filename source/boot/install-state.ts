import { readMark } from './marks.ts';
import { isUsableRepository } from './methods/eliloader.ts';

/** The fields of a VM that decide what its next boot does; xapi's records satisfy it as they are. */
export interface BootRecord {
  readonly uuid: string;
  readonly power_state: string;
  readonly PV_bootloader: string;
  readonly PV_args: string;
  readonly HVM_boot_policy: string;
  readonly domain_type?: string;
  readonly other_config: Readonly<Record<string, string>>;
}

export type InstallState = 'armed' | 'half-armed' | 'fired' | 'installed' | 'disarmed' | 'other';

/** In the order they are listed and repaired. */
export const missingWords = [
  'bootloader',
  'distro',
  'repository',
  'release',
  'arch',
  'round',
  'hvm',
  'args',
  'halted',
] as const;

export type Missing = (typeof missingWords)[number];

/** What fai/ says of the VM's PV_args; handed in, because this folder knows nothing of FAI. */
export interface ArgsFacts {
  readonly hasFai: boolean;
  readonly errors: boolean;
}

export interface StateOfInstall {
  readonly state: InstallState;
  /** Empty unless half-armed. */
  readonly missing: readonly Missing[];
}

/**
 * Where a VM stands between "the next boot runs the installer" and "installed"; the definitions of the README.
 * eliloader without install-distro means rhlike to the loader; debianlike without eliloader is half a rearm, too.
 */
export function installState(vm: BootRecord, args: ArgsFacts): StateOfInstall {
  const distro = vm.other_config['install-distro'];
  const eliloader = vm.PV_bootloader === 'eliloader';
  if (eliloader || netboots(vm.other_config)) {
    const missing = whatIsMissing(vm, args);
    return missing.length === 0 ? { state: 'armed', missing } : { state: 'half-armed', missing };
  }
  const armed = readMark(vm.other_config, 'armed', vm.uuid);
  const installed = readMark(vm.other_config, 'installed', vm.uuid);
  if (installed !== null && (armed === null || Date.parse(installed.at) >= Date.parse(armed.at))) {
    return { state: args.hasFai ? 'installed' : 'disarmed', missing: [] };
  }
  if (vm.PV_bootloader === 'pygrub' && distro === undefined && (args.hasFai || armed !== null)) {
    return { state: 'fired', missing: [] };
  }
  return { state: 'other', missing: [] };
}

/** Everything that stands between this record and "armed", as words. */
export function whatIsMissing(vm: BootRecord, args: ArgsFacts): Missing[] {
  const words = vm.other_config;
  const byPaths = words['install-distro'] === 'pygrub';
  const wrong: Record<Missing, boolean> = {
    bootloader: vm.PV_bootloader !== 'eliloader',
    distro: !netboots(words),
    repository: !isUsableRepository(words['install-repository'] ?? ''),
    // The loader's other way goes by paths alone.
    release: !byPaths && (words['debian-release'] ?? '') === '',
    arch: !byPaths && (words['install-arch'] ?? '') === '',
    round: words['install-round'] !== undefined,
    hvm: vm.HVM_boot_policy !== '' || vm.domain_type === 'hvm' || vm.domain_type === 'pvh',
    args: !args.hasFai || args.errors,
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
