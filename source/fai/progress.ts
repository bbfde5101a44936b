import type { MonitorMessage } from './monitor-message.ts';

/**
 * FAI's tasks of an install in their order, with the seconds each took when one by FAI 6 was recorded, in a real PV guest
 * with a local archive. Those of FAI 3.4 alone weigh what their like does.
 */
const weights: readonly [task: string, seconds: number][] = [
  ['confdir', 3],
  ['setup', 2],
  ['defclass', 2],
  ['defvar', 1],
  ['action', 0],
  ['install', 0],
  ['partition', 13],
  ['mountdisks', 1],
  ['extrbase', 33],
  ['mirror', 0],
  ['debconf', 0],
  ['prepareapt', 0],
  ['repository', 5],
  ['updatebase', 4],
  ['instsoft', 178],
  ['configure', 10],
  ['finish', 4],
  ['tests', 0],
  ['chboot', 0],
  ['savelog', 2],
  ['faiend', 1],
  ['reboot', 2],
];

/** Codes above it abort the install (FAI's STOP_ON_ERROR). */
export const stopOnError = 700;

/** What the messages of one VM add up to since it was armed or booted. */
export interface InstallProgress {
  readonly task: string | null;
  /** 0 to 100, never falling within one install. */
  readonly percent: number;
  readonly outcome: 'running' | 'installed' | 'failed' | 'waiting';
  /** The worst code seen, and the task that gave it. */
  readonly code: number;
  readonly failedTask: string | null;
  readonly rebooting: boolean;
  /** FAI has said the end of an install: TASKEND of install, faiend or reboot with code 0. */
  readonly ended: boolean;
}

export const noProgress: InstallProgress = {
  task: null,
  percent: 0,
  outcome: 'running',
  code: 0,
  failedTask: null,
  rebooting: false,
  ended: false,
};

/**
 * Folds one message in. FAI's messages nest (action > install > partition) and come twice at times.
 * Installed: `TASKEND install 0`, `faiend 0` or `reboot 0` with no code above 700. `waits`: the kernel line has no
 * reboot flag, so that after faiend somebody must press RETURN (3.4 has then sent TASKEND faiend, 6.x TASKBEGIN only);
 * asked at the end only.
 */
export function foldMessage(
  progress: InstallProgress,
  message: MonitorMessage,
  waits: () => boolean,
): InstallProgress {
  if (message.keyword === 'check') return noProgress;
  if (message.keyword === 'FAIREBOOT') return { ...progress, rebooting: true };
  if (message.keyword === 'HOOK') return progress;
  if (message.keyword === 'TASKERROR') return failed(progress, message.name, message.code);
  const percent = Math.max(progress.percent, percentAt(message.name, message.keyword !== 'TASKBEGIN'));
  if (message.keyword === 'TASKBEGIN') {
    const task = nests(message.name) ? progress.task : message.name;
    const waiting = message.name === 'faiend' && progress.outcome !== 'failed' && waits();
    const begun = { ...progress, task: task ?? message.name, percent };
    return waiting ? { ...begun, percent: 100, outcome: 'waiting' } : begun;
  }
  if (message.keyword === 'TASKSKIP') return { ...progress, percent };
  if (message.code > stopOnError) return failed({ ...progress, percent }, message.name, message.code);
  const worst = message.code > progress.code ? { code: message.code, failedTask: message.name } : {};
  const ended: InstallProgress = { ...progress, ...worst, percent };
  if (!['install', 'faiend', 'reboot'].includes(message.name) || message.code !== 0) return ended;
  if (progress.outcome === 'failed') return ended;
  const couldWait = message.name === 'faiend' || (message.name === 'install' && progress.outcome === 'waiting');
  const waiting = couldWait && waits();
  const rebooting = progress.rebooting || message.name === 'reboot';
  return { ...ended, percent: 100, rebooting, ended: true, outcome: waiting ? 'waiting' : 'installed' };
}

function failed(progress: InstallProgress, task: string, code: number): InstallProgress {
  return { ...progress, outcome: 'failed', failedTask: task, code, task };
}

const nests = (task: string): boolean => task === 'action' || task === 'install' || task === 'dirinstall';

/** Where in the whole a task begins and ends, from its weight. Reckoned once: messages come by the thousand. */
const shares: ReadonlyMap<string, { readonly begin: number; readonly end: number }> = new Map(
  weights.map(([task, weight], at) => {
    const total = weights.reduce((sum, [, each]) => sum + each, 0);
    const before = weights.slice(0, at).reduce((sum, [, each]) => sum + each, 0);
    const percent = (part: number): number => Math.min(99, Math.floor((part * 100) / total));
    return [task, { begin: percent(before), end: percent(before + weight) }];
  }),
);

/** Unknown tasks, and those that others lie in, move nothing. */
function percentAt(task: string, ended: boolean): number {
  const share = nests(task) ? undefined : shares.get(task);
  return share === undefined ? 0 : ended ? share.end : share.begin;
}
