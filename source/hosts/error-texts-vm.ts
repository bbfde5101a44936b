import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { behind, type ErrorTexts, hostLog } from './error-text.ts';

const otherHost: Advice = {
  shell: ['xe', 'vm-start', 'uuid=UUID', 'on=HOST'],
  where: 'dom0',
  note: 'on a host of the pool that can',
};

const switchOff: Advice = { act: 'give', setting: 'force', note: 'switches it off' };

/** What a host says of VMs, their devices and disks. Codes that bring facts along have kinds: see `classify`. */
export const vmErrorTexts: ErrorTexts = {
  VM_HVM_REQUIRED: {
    message: 'The VM is set to boot as an HVM guest, which this host cannot do.',
    cause: 'HVM_boot_policy is not empty, and the processor lacks VT-x or AMD-V, or the BIOS has switched it off.',
    try: ['Make it from a PV template: FAI by eliloader needs a PV guest.'],
  },
  VM_NO_VCPUS: {
    message: 'The VM has no processor.',
    cause: 'VCPUs_at_startup is 0.',
    try: [{ shell: ['xe', 'vm-param-set', 'uuid=UUID', 'VCPUs-max=1', 'VCPUs-at-startup=1'], where: 'dom0' }],
  },
  VM_REQUIRES_SR: {
    message: 'The host does not see the storage that a disk of the VM is on.',
    cause: 'The storage is on another host, or is not plugged in on this one.',
    try: [
      { shell: ['xe', 'pbd-list', 'params=all'], where: 'dom0', note: 'shows what is plugged in where' },
      otherHost,
    ],
  },
  VM_REQUIRES_NET: {
    message: 'The host is not on a network that the VM needs.',
    cause: 'No network card of this host is on it.',
    try: [{ shell: ['xe', 'pif-list'], where: 'dom0', note: 'shows which are' }, otherHost],
  },
  VM_REQUIRES_NETWORK: {
    message: 'The host is not on a network that the VM needs.',
    cause: 'No network card of this host is on it.',
    try: [{ shell: ['xe', 'pif-list'], where: 'dom0', note: 'shows which are' }, otherHost],
  },
  VM_REQUIRES_GPU: {
    message: 'The VM wants a graphics processor that this host does not have.',
    cause: 'It has a vGPU, and an installer needs none.',
    try: ['Take the vGPU away until the system is installed.'],
  },
  VM_REQUIRES_VGPU: {
    message: 'No graphics processor of this host has room for the VM.',
    cause: 'It has a vGPU, and an installer needs none.',
    try: ['Take the vGPU away until the system is installed.'],
  },
  VM_REQUIRES_IOMMU: {
    message: 'A device is passed through to the VM, and the host cannot do that.',
    cause: 'The host has no IOMMU (VT-d, AMD-Vi), or its BIOS has switched it off.',
    try: ['Take the device away from the VM, or switch the IOMMU on in the BIOS.'],
  },
  VM_HOST_INCOMPATIBLE_VERSION: {
    message: 'The host is older than the VM.',
    cause: 'The pool is being upgraded, and the VM has already run on a newer host.',
    try: ['Upgrade the remaining hosts first.', otherHost],
  },
  VM_HOST_INCOMPATIBLE_VIRTUAL_HARDWARE_PLATFORM_VERSION: {
    message: 'The host is too old for the virtual hardware of the VM.',
    cause: 'The VM was made on a newer release.',
    try: ['Make it anew on this host.', otherHost],
  },
  VM_INCOMPATIBLE_WITH_THIS_HOST: {
    message: 'The processor of the host lacks features that the VM has seen before.',
    cause: 'The VM was suspended or is running on a host with another processor.',
    try: ['Shut it down and start it: then it takes what this host has.', otherHost],
  },
  VM_UNSAFE_BOOT: {
    message: 'The host thinks that it is not safe to boot the VM.',
    cause: 'It may be running on a host that cannot be asked; two of them would destroy its disk.',
    try: [
      'Make sure that it does not run elsewhere.',
      { shell: ['xe', 'vm-reset-powerstate', 'uuid=UUID', '--force'], where: 'dom0', note: 'then' },
    ],
    exit: exit.refused,
  },
  VM_IS_SNAPSHOT: {
    message: 'A snapshot cannot do this.',
    cause: 'It is the state of a VM, and no VM.',
    try: ['Name the VM that it was taken of.'],
    exit: exit.refused,
  },
  VM_MISSING_PV_DRIVERS: {
    message: 'The guest has no PV drivers that the host could talk to.',
    cause: 'It is an HVM guest without its tools, or it has not come up yet.',
    try: [switchOff],
  },
  VM_OLD_PV_DRIVERS: {
    message: 'The PV drivers of the guest are too old for this.',
    cause: 'Its guest utilities are of an older release than the host.',
    try: [switchOff],
  },
  VM_LACKS_FEATURE: {
    message: 'The guest has not said that it can do this.',
    cause: 'It has no guest utilities, as every installer, or has not come up yet.',
    try: [switchOff],
  },
  VM_LACKS_FEATURE_SHUTDOWN: {
    message: 'The guest has not said that it can shut down when asked.',
    cause: 'It has no guest utilities, as every installer, or has not come up yet.',
    try: [switchOff],
  },
  VM_SHUTDOWN_TIMEOUT: {
    message: 'The guest did not shut down in time.',
    cause: 'It hangs, or shuts down slowly.',
    try: [{ act: 'repeat' }, switchOff],
  },
  VM_CRASHED: {
    message: 'The VM crashed meanwhile.',
    cause: 'Its kernel has panicked, or the domain was destroyed.',
    try: ['Look at its console, then start it again; an installer that crashed has used its attempt.'],
  },
  VM_HALTED: {
    message: 'The VM halted meanwhile.',
    cause: 'Its guest has shut down, or somebody has switched it off.',
    try: [{ act: 'list-vms', note: 'shows what became of it' }],
  },
  VM_REBOOTED: {
    message: 'The VM rebooted meanwhile.',
    cause: 'Its guest has rebooted, or somebody has made it.',
    try: [{ act: 'list-vms', note: 'shows what became of it' }],
  },
  UNKNOWN_BOOTLOADER: {
    message: ([, name = '']) => `The host has no bootloader called "${name}".`,
    cause:
      'PV_bootloader must be eliloader for the installer and pygrub for the disk; 8.3 has no eliloader. The attempt is not used.',
    try: ['Arm it again: that sets it.'],
  },
  ONLY_PROVISION_TEMPLATE: {
    message: 'It is no template any more.',
    cause: 'Somebody else has made a VM of it meanwhile.',
    try: [{ act: 'list-orphans', note: 'shows what was left half-made' }, { act: 'repeat' }],
  },
  PROVISION_FAILED_OUT_OF_SPACE: {
    message: 'The script that comes with the template failed: there is too little space.',
    cause: 'It installs a system of its own, which FAI does not need.',
    try: ['Take another template: one of Debian for network installs.'],
  },
  OPERATION_BLOCKED: {
    message: ([, reason]) => `Somebody has forbidden this for the VM${behind(reason)}`,
    cause: 'It stands in its blocked_operations.',
    try: [
      {
        shell: ['xe', 'vm-param-clear', 'uuid=UUID', 'param-name=blocked-operations'],
        where: 'dom0',
        note: 'takes it back; ask first who did it',
      },
    ],
    exit: exit.refused,
  },
  OPERATION_NOT_ALLOWED: {
    message: ([reason]) => `The host does not allow this${behind(reason)}`,
    cause: 'The VM or one of its devices is in a state in which it cannot be done.',
    try: [{ act: 'list-vms', note: 'shows the state it is in' }],
    exit: exit.refused,
  },
  MEMORY_CONSTRAINT_VIOLATION: {
    message: ([constraint]) => `The host does not take these memory sizes${behind(constraint)}`,
    cause: 'Without dynamic memory all limits must be the same, and none below the least of the template.',
    try: [{ act: 'give', setting: 'memory' }],
    exit: exit.usage,
  },
  MAC_INVALID: {
    message: ([mac = '']) => `The host does not take the MAC address "${mac}".`,
    cause: 'A MAC address of a VM is six bytes, and not one of a group (its first byte is even).',
    try: ['Leave it out: the host makes one.'],
    exit: exit.usage,
  },
  INVALID_DEVICE: {
    message: ([device = '']) => `A VM has no place for a device "${device}".`,
    cause: 'The host gives each kind of device a range of numbers.',
    try: ['Take a lower number, or fewer devices.'],
  },
  DEVICE_ALREADY_EXISTS: {
    message: ([device = '']) => `The VM has a device ${device} already.`,
    cause: 'Somebody else has added it, or an earlier try has.',
    try: [{ act: 'list-vms', note: 'shows its disks and networks' }, { act: 'repeat' }],
  },
  VBD_NOT_REMOVABLE_MEDIA: {
    message: 'The medium of this drive cannot be changed.',
    cause: 'It is a disk, and not a CD drive.',
    try: ['Add a CD drive for it.'],
  },
  VDI_READONLY: {
    message: 'The disk can only be read.',
    cause: 'It is a CD image, or its storage is one of images.',
    try: [{ act: 'give', setting: 'sr', note: 'one for disks' }],
  },
  VDI_IN_USE: {
    message: 'A disk of the VM is in use.',
    cause: 'Another VM has it, or the storage still works on it.',
    try: ['Try again when that has ended.'],
  },
  VDI_MISSING: {
    message: 'The storage has lost a disk of the VM.',
    cause: 'It was removed behind the back of the host, or the storage is not all there.',
    try: [{ shell: ['xe', 'sr-scan', 'uuid=UUID'], where: 'dom0', note: 'looks at the storage anew' }],
  },
  SR_OPERATION_NOT_SUPPORTED: {
    message: 'This kind of storage cannot do that.',
    cause: 'It is one for images, or its driver lacks it.',
    try: [{ act: 'give', setting: 'sr' }],
  },
  SR_HAS_NO_PBDS: {
    message: 'The storage is plugged in on no host.',
    cause: 'It was taken away, or the host could not reach it when it started.',
    try: [{ shell: ['xe', 'pbd-list', 'params=all'], where: 'dom0', note: 'shows what is plugged in where' }],
  },
  DEFAULT_SR_NOT_FOUND: {
    message: 'The pool has no default storage.',
    cause: 'None was chosen, or it was removed.',
    try: [{ act: 'give', setting: 'sr' }],
  },
  OUT_OF_SPACE: {
    message: ([location]) => `Dom0 has no space left${behind(location)}`,
    cause: 'The file system of the host itself is full, not the storage of the VMs.',
    try: [{ shell: ['df', '-h'], where: 'dom0' }, 'Remove old logs and patches there.'],
  },
  XAPI_HOOK_FAILED: {
    message: ([hook = '']) => `A script of the host's administrator refused this: ${hook}.`,
    cause: 'Scripts in /etc/xapi.d run before and after what happens to a VM, and may stop it.',
    try: [hostLog],
  },
};
