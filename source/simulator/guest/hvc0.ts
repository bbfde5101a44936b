import type { Ending } from './fai-script.ts';

// What a guest of this world prints on its console, hvc0: lines of a recorded install by FAI 6 in a real PV guest, and of
// FAI's own subroutines. FAI 3.4 was not recorded, and gets the same where its subroutines say the same.

/** The kernel's first lines, as far as they tell what it was started with. */
export const kernelLines = (line: string): string[] => [
  `[    0.000000] Command line: ${line}`,
  '[    0.000000] Hypervisor detected: Xen PV',
  '[    0.000000] Booting kernel on Xen',
  `[    0.000000] Kernel command line: ${line}`,
];

/** A root that nobody has given, or that is not on any disk. */
export const panicLines: readonly string[] = [
  '[    9.102240] VFS: Unable to mount root fs via NFS, trying floppy.',
  '[    9.102871] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(2,0)',
];

const banner: readonly string[] = [
  '             -------------------------------------------------',
  '                   Fully Automatic Installation  -  FAI',
  '             -------------------------------------------------',
];

/** What stands on the console when FAI sends this message: its own lines, and none of the programs that it calls. */
export function faiLines(message: string, hostname: string): readonly string[] {
  const [keyword, task, code] = message.split(' ');
  switch (keyword) {
    case 'check':
      return banner;
    case 'TASKBEGIN':
      return [`Calling task_${task}`];
    case 'TASKEND':
      if (Number(code) > 700) return [`Error in task ${task}. Code: ${code}`, 'FATAL ERROR. Installation stopped.'];
      if (task === 'defclass') return [`List of all classes:  DEFAULT LINUX XENSERVER XENPV ${hostname} LAST`];
      return task === 'reboot' ? [`Rebooting ${hostname} now`] : [];
    default:
      return [];
  }
}

/** What stands there at the end of it all. */
export const lastLines: Readonly<Record<Ending, readonly string[]>> = {
  key: ['Press <RETURN> to reboot (do not remove your removable medium yet).'],
  question: [
    "The authenticity of host '10.1.1.6 (10.1.1.6)' can't be established.",
    'ED25519 key fingerprint is SHA256:0f8v3LHkfnZm3mXcV9tS3n0p2nC7m1w5yqkq3n8x4aE.',
    'This key is not known by any other names.',
    'Are you sure you want to continue connecting (yes/no/[fingerprint])? ',
  ],
  reboot: ['[  315.692307] reboot: Restarting system'],
  halt: ['[  315.692307] reboot: Power down'],
  stopped: [],
};

/** An installed system, at its login. */
export const loginLines = (hostname: string): string[] => [
  '',
  `Debian GNU/Linux 12 ${hostname} hvc0`,
  '',
  `${hostname} login: `,
];
