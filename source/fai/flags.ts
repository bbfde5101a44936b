/** Words of FAI_FLAGS as FAI knows them (fai-guide, lib/subroutines); unknown ones are accepted without a word. */
export interface Flag {
  readonly name: string;
  readonly help: string;
  /** Waits for a person: wrong on a VM nobody watches. */
  readonly attended?: boolean;
}

export const flags: readonly Flag[] = [
  { name: 'verbose', help: 'more output on the console; should come first' },
  { name: 'sshd', help: 'root can log in by ssh during the install (FAI 6 sets the password "fai")' },
  { name: 'reboot', help: 'reboot at the end; without it the VM waits for RETURN' },
  { name: 'createvt', help: 'shells on tty2 and tty3; of little use on hvc0', attended: true },
  { name: 'halt', help: 'power off at the end (FAI 4 and later)' },
  { name: 'initial', help: 'erase preserved partitions, too' },
  { name: 'debug', help: 'asks questions on the way', attended: true },
  { name: 'wait', help: 'sleeps long after confdir', attended: true },
  { name: 'menu', help: 'a menu of profiles (FAI 5.5 and later)', attended: true },
  { name: 'tmux', help: 'the install inside tmux (newest FAI)' },
  { name: 'screen', help: 'the install inside screen (newest FAI)' },
];

export const splitFlags = (value: string): string[] => value.split(',').filter((flag) => flag !== '');
