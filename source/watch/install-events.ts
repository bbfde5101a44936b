import { markKeys } from '../boot/marks.ts';
import type { MonitorMessage } from '../fai/monitor-message.ts';
import { foldMessage, type InstallProgress, noProgress } from '../fai/progress.ts';
import type { Vm } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import { type Install, needsKey } from './install.ts';
import { noTimes } from './times.ts';

// What one event makes of what is known of one VM.

type State = Install['state'];

/** A state in which the installer has been booted, and nobody has said how it ended. */
export const isFired = ({ state }: State): boolean => state === 'fired' || state === 'installing';

/** Nothing has been said of an install yet. */
const unspoken = {
  progress: null,
  messages: [],
  outcomeAt: null,
  aliveAt: null,
  lostSince: null,
  installerDomain: null,
  busySeen: false,
  idleSince: null,
} as const;

/** A sign of life; one that is told late is no older than the last one. */
const alive = ({ aliveAt }: Install, now: number) => ({ aliveAt: Math.max(aliveAt ?? now, now), lostSince: null });

export function seenFirst(vm: Vm, mac: string, state: State, now: number): Install {
  const { domid } = vm.record;
  const installerDomain = isFired(state) && domid > 0 ? domid : null;
  return { ...unspoken, vm, mac, state, times: noTimes, installerDomain, seenAt: now, notes: [] };
}

/** Its record has changed. While it is armed, nothing has been said of the install that comes. */
export function seenAgain(before: Install, vm: Vm, state: State, now: number): Install {
  const { domid, power_state: power } = vm.record;
  const { domid: domidBefore, power_state: powerBefore } = before.vm.record;
  const moved = domid !== domidBefore || power !== powerBefore;
  const life = moved ? alive(before, now) : { aliveAt: before.aliveAt, lostSince: before.lostSince };
  const seen = { vm, state, ...life };
  const forgotten = { ...before, ...unspoken, ...seen, times: { ...before.times, task: null, heard: null } };
  if (state.state === 'armed' && (before.state.state !== 'armed' || before.progress !== null)) return forgotten;
  // Armed and started again while nobody looked.
  if (isFired(state) && domid > 0 && domid !== domidBefore && isAnotherAttempt(before, vm, state))
    return { ...forgotten, installerDomain: domid };
  const newDomain = domid > 0 && domid !== domidBefore;
  return {
    ...before,
    ...seen,
    installerDomain: installerDomainOf(before, domid, state),
    ...(newDomain ? { busySeen: false, idleSince: null, progress: leftInstaller(before, domid) } : {}),
  };
}

/** The mark of its arming is another, or its record says that this very boot is the installer's. */
function isAnotherAttempt({ vm: { record } }: Install, vm: Vm, { state }: State): boolean {
  const key = markKeys.armed;
  return state === 'installing' || vm.record.other_config[key] !== record.other_config[key];
}

/** In another domain than the installer's: somebody has pressed the key, or what was said last is over. */
function leftInstaller({ progress, installerDomain }: Install, domid: number): InstallProgress | null {
  if (progress === null || installerDomain === null || domid === installerDomain) return progress;
  if (progress.outcome === 'waiting') return { ...progress, outcome: 'installed' };
  return progress.outcome === 'running' ? null : progress;
}

/** The first domain seen after the loader fired is the installer's. */
function installerDomainOf(before: Install, domid: number, state: State): number | null {
  const firedNow = isFired(state) && !isFired(before.state);
  if (firedNow) return domid > 0 ? domid : null;
  return before.installerDomain ?? (isFired(state) && domid > 0 ? domid : null);
}

const lastOf = (messages: Install['messages']): Install['messages'] =>
  messages.length > limits.watch.messages ? messages.slice(-limits.watch.messages) : messages;

export function heard(install: Install, message: MonitorMessage, now: number): Install {
  const before = install.progress ?? noProgress;
  const { PV_args, domid } = install.vm.record;
  // A message that comes late must not let the system on the disk wait for a key.
  const left = install.installerDomain !== null && domid > 0 && domid !== install.installerDomain;
  const progress = foldMessage(before, message, () => !left && needsKey(PV_args));
  const said = { at: now, text: messageText(message) };
  const messages = message.keyword === 'check' ? [said] : lastOf([...install.messages, said]);
  const { times } = install;
  const taskSince = progress.task === before.task ? times.task : now;
  return {
    ...install,
    progress,
    messages,
    outcomeAt: progress.outcome === before.outcome ? install.outcomeAt : now,
    aliveAt: Math.max(install.aliveAt ?? now, now),
    lostSince: null,
    times: { ...times, task: progress.task === null ? null : taskSince, heard: now },
  };
}

/** A message as FAI has written it, but for whose it is. */
export function messageText(message: MonitorMessage): string {
  if ('code' in message) return `${message.keyword} ${message.name} ${message.code}`;
  return 'name' in message ? `${message.keyword} ${message.name}` : message.keyword;
}

/** What is yet to be installed, or never will be: nothing can have been said of it. */
export const isUntouched = ({ state }: State): boolean =>
  state === 'armed' || state === 'half-armed' || state === 'other';

const busyLoad = 0.1;
const idleLoad = 0.03;

export function loaded(install: Install, load: number, now: number): Install {
  if (load > busyLoad) return { ...install, busySeen: true, idleSince: null, ...alive(install, now) };
  // Not at work, but not at rest either: a slow download is no silence.
  if (load > idleLoad) return { ...install, idleSince: null, ...alive(install, now) };
  return install.idleSince === null ? { ...install, idleSince: now } : install;
}
