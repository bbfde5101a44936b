import type { Missing } from '../boot/install-state.ts';
import { withoutLoader } from '../boot/network-boot.ts';
import type { Advice } from '../problem/advice.ts';
import { xe } from '../text/shell.ts';
import type { VmRecord } from '../xapi/records.ts';

// Apart from the check, which brings all that looks into kernels: arming tells some of it and looks at no file.

/** A start is refused because of it, also where the files are fine. */
export const severalDisks = 'missing-disks';

export const missingTexts: Readonly<Record<Missing, string>> = {
  bootloader: 'PV-bootloader is not eliloader: the VM boots from its disk.',
  'loader-args': 'PV-bootloader-args hold what eliloader does not take: it stops with "Invalid usage".',
  loader: 'This host has no eliloader: its release came without.',
  distro: 'install-distro is neither debianlike nor pygrub with its paths: eliloader asks for other files.',
  repository: 'There is no install repository that eliloader could use.',
  release: 'debian-release is not set: eliloader would put the word None into the URL.',
  arch: 'install-arch is set to what is no architecture.',
  round: 'install-round is left of an earlier install: eliloader refuses it.',
  hvm: 'It is an HVM machine: eliloader is never asked.',
  args: 'PV-args hold no FAI arguments that could work.',
  disks: 'More than one disk is bootable: this host refuses that ("too many bootable disks").',
  halted: 'It runs.',
};

/** What can be done about a half-armed VM: arming sets what is missing, but for a loader. */
export const mending = (name: string, missing: readonly Missing[]): Advice =>
  missing.includes('loader') ? withoutLoader.join(' ') : { act: 'rearm', vm: name, note: 'sets what is missing' };

/** Which drives are bootable; all but one are to be made otherwise. */
export const oneBootable = ({ uuid }: VmRecord): Advice => ({
  ...xe('vbd-list', { 'vm-uuid': uuid, params: 'uuid,userdevice,type,bootable' }),
  where: 'dom0',
  note: 'then xe vbd-param-set uuid=… bootable=false for all but one',
});
