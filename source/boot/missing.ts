import { cleanLine } from '../text/clean.ts';
import { cutText } from '../text/width.ts';
import type { BootPlace, BootRecord, Missing } from './install-state.ts';

/** One thing that stands between a VM and "armed". */
export interface MissingReason {
  readonly missing: Missing;
  /** By its name in the API, or on the host. */
  readonly setting: string;
  /** Null: it is not set. Foreign text. */
  readonly value: string | null;
  /** The value itself, or a word or two for it. */
  readonly wanted: string;
}

/** Each word of `missing` with the setting it is about. `line`: what FAI's rules refuse of the kernel line, the worst first. */
export function missingReasons(
  vm: BootRecord,
  missing: readonly Missing[],
  line: readonly string[] = [],
  { bootableDisks }: Pick<BootPlace, 'bootableDisks'> = {},
): MissingReason[] {
  const key = (name: string) => ({ setting: name, value: vm.other_config[name] ?? null });
  const about = (word: Missing): Omit<MissingReason, 'missing'> => {
    switch (word) {
      case 'bootloader':
        return { setting: 'PV-bootloader', value: vm.PV_bootloader, wanted: 'eliloader' };
      case 'loader-args':
        return { setting: 'PV-bootloader-args', value: vm.PV_bootloader_args, wanted: 'empty' };
      case 'loader':
        return { setting: 'eliloader', value: null, wanted: 'there: this release of the host has none' };
      case 'distro':
        return { ...key('install-distro'), wanted: 'debianlike' };
      case 'repository':
        return { ...key('install-repository'), wanted: 'an http, ftp or nfs URL' };
      case 'release':
        return { ...key('debian-release'), wanted: 'a release, such as lenny' };
      case 'arch':
        return { ...key('install-arch'), wanted: 'i386 or amd64' };
      case 'round':
        return { ...key('install-round'), wanted: 'absent' };
      case 'hvm':
        return vm.HVM_boot_policy === ''
          ? { setting: 'domain-type', value: vm.domain_type ?? '', wanted: 'pv' }
          : { setting: 'HVM-boot-policy', value: vm.HVM_boot_policy, wanted: 'empty' };
      case 'args': {
        const [refused] = line;
        const wanted =
          refused === undefined || vm.PV_args.trim() === ''
            ? 'a line with FAI_ACTION or FAI_FLAGS'
            : `corrected: ${refused}`;
        return { setting: 'PV-args', value: vm.PV_args, wanted };
      }
      case 'disks':
        return { setting: 'number of bootable disks', value: bootableDisks?.toString() ?? null, wanted: 'one' };
      case 'halted':
        return { setting: 'power-state', value: vm.power_state.toLowerCase(), wanted: 'halted' };
    }
  };
  return missing.map((word) => ({ missing: word, ...about(word) }));
}

/** Columns of a value in a sentence. */
const longestValue = 40;

/** "install-distro is not set; it must be debianlike." */
export function reasonText({ setting, value, wanted }: MissingReason): string {
  const is = value === null ? 'not set' : cutText(cleanLine(value), longestValue) || 'empty';
  return `${setting} is ${is}; it must be ${wanted.replace(/\.$/, '')}.`;
}
