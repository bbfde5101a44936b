import type { HostClasses } from './config-space.ts';
import type { FaiRun } from './kernel-line.ts';

/** One thing FAI does: `seconds` of guest time at a CPU load, then a message. */
export interface Act {
  readonly seconds: number;
  readonly load: number;
  readonly message: string | null;
  /** The disk holds a system from here on. */
  readonly installed?: boolean;
}

/** How a run ends: somebody must press RETURN or answer ssh, the VM reboots or powers off, or FAI stands still at an error. */
export type Ending = 'key' | 'question' | 'reboot' | 'halt' | 'stopped';

export interface FaiScript {
  readonly acts: readonly Act[];
  readonly ending: Ending;
}

/** What comes between the begin of the action and the end of the install. */
const tasks: Readonly<Record<3 | 6, readonly [task: string, seconds: number, load: number][]>> = {
  3: [
    ['partition', 10, 0.3],
    ['mountdisks', 2, 0.2],
    ['extrbase', 80, 0.8],
    ['mirror', 1, 0.1],
    ['debconf', 2, 0.3],
    ['prepareapt', 3, 0.3],
    ['updatebase', 25, 0.6],
    ['instsoft', 160, 0.9],
    ['configure', 30, 0.7],
    ['finish', 2, 0.3],
    ['tests', 2, 0.3],
    ['chboot', 1, 0.1],
    ['savelog', 3, 0.2],
  ],
  // Seconds of a recorded install (test/simulator/recorded/fai-install.txt).
  6: [
    ['partition', 13, 0.3],
    ['mountdisks', 1.3, 0.2],
    ['extrbase', 33, 0.8],
    ['debconf', 0.3, 0.3],
    ['repository', 5.4, 0.3],
    ['updatebase', 4.3, 0.6],
    ['instsoft', 178, 0.9],
    ['configure', 10, 0.7],
    ['tests', 0.2, 0.3],
    ['finish', 4, 0.3],
    ['chboot', 0.1, 0.1],
    ['savelog', 1.5, 0.2],
  ],
};

/** Tasks that wait for the mirror most of their time. */
const fetching: ReadonlySet<string> = new Set(['updatebase', 'instsoft']);

/** Everything FAI does and says from the moment its root is mounted; the order of FAI's own subroutines. */
export function faiScript(run: FaiRun, classes: HostClasses): FaiScript {
  // A kernel of today takes most of a minute until its root is mounted and FAI begins.
  const acts: Act[] = [{ seconds: run.version === 6 ? 46 : 4, load: 0.4, message: 'check' }];
  const say = (message: string, seconds = 0, load = 0.2, installed = false) =>
    acts.push({ seconds, load, message, ...(installed ? { installed } : {}) });
  const task = (name: string, seconds: number, load = 0.3, code = 0) => {
    say(`TASKBEGIN ${name}`);
    say(`TASKEND ${name} ${code}`, seconds, load);
  };
  say('TASKBEGIN confdir');
  if (run.configError !== null) {
    say(`TASKERROR get_fai_dir ${run.configError}`, 3);
    return { acts, ending: 'stopped' };
  }
  say('TASKEND confdir 0', 3);
  task('setup', 2);
  task('defclass', run.version === 6 ? 1.5 : 4);
  task('defvar', 1);
  say('TASKBEGIN action');
  if (!['install', 'sysinfo', ...(run.version === 6 ? ['inventory'] : [])].includes(run.action)) {
    say('TASKERROR action 21', 1);
    return { acts, ending: 'stopped' };
  }
  say(`TASKBEGIN ${run.action}`, run.version === 6 ? 7 : 0);
  if (run.action === 'install') {
    for (const [name, seconds, load] of tasks[run.version]) {
      if (classes.fails?.task === name) {
        say(`TASKBEGIN ${name}`);
        // Above STOP_ON_ERROR, which is 700 in both ages, FAI goes no further (stop_fai_installation of both).
        say(`TASKEND ${name} ${classes.fails.code}`, seconds, load);
        return { acts, ending: 'stopped' };
      }
      // Seen in a real guest: not a word to the monitor after this.
      if (name === 'savelog' && run.asksForLogs) {
        say('TASKBEGIN savelog');
        return { acts, ending: 'question' };
      }
      // A hook that the config space has for every host: FAI 6 tells of it on a line of its own.
      if (run.version === 6 && name === 'instsoft') say('HOOK instsoft.DEFAULT');
      task(name, seconds * (fetching.has(name) ? classes.slow : 1), load);
    }
    say('TASKEND install 0', 0, 0.2, true);
  } else if (run.asksForLogs) {
    return { acts, ending: 'question' };
  } else {
    say(`TASKEND ${run.action} 0`, 8);
  }
  const unattended = run.flags.includes('reboot') || (run.version === 6 && run.flags.includes('halt'));
  say('TASKBEGIN faiend');
  // 3.4 has said TASKEND before it asks for RETURN; 6 asks first.
  if (run.version === 3 || unattended) say('TASKEND faiend 0', 1);
  if (!unattended) return { acts, ending: 'key' };
  const ending = run.flags.includes('halt') ? 'halt' : 'reboot';
  // No FAI says that it begins, and 6 says it before it halts, too (task_faiend of 3.4.8 and 6.0.3).
  say('TASKEND reboot 0', 2.5);
  return { acts, ending };
}
