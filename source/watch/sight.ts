import type { InstallState } from '../boot/install-state.ts';
import { splitFlags } from '../fai/flags.ts';
import { lastValue, splitKernelLine } from '../fai/kernel-line.ts';
import { blemishOf, failureOf, type Install, needsKey, type SeenState, seenState } from './install.ts';
import { isSilent, type Waiting } from './lost.ts';

/** What whoever waits for the end of an install sees of it. */
export interface Sight {
  readonly state: InstallState;
  readonly task?: string;
  readonly percent?: number;
  readonly code?: number;
  /** The same in words. */
  readonly text: string;
  /** Who says so. */
  readonly known: 'record' | 'message' | 'processor';
  /** Null while it goes on; else how it ended. */
  readonly end: 'good' | 'bad' | null;
}

/** A VM that halts may only be on its way to its next boot. */
const settling = 10_000;

/**
 * A VM as one sees it who waits for its end. `installed` and `failed` are the end, and so is a key that somebody must
 * press. One that was stopped ends as what it is, and so does one whose next boot runs no installer. One without a sign
 * of life is `lost`, also where none could be seen: whoever waits must come to an end.
 */
export function sightOf(install: Install, waiting: Waiting): Sight {
  const { now, patience } = waiting;
  const seen = seenState(install, now);
  const { power_state: power, PV_args: line } = install.vm.record;
  const silent = isSilent(install, waiting);
  switch (seen) {
    case 'failed':
      return { ...failed(install), end: 'bad' };
    case 'waiting':
      return { ...waitingForKey(install), end: 'bad' };
    case 'disarmed':
    case 'installed': {
      const byMessage = install.state.state !== seen;
      // FAI has yet to ask for RETURN.
      const more = isInInstaller(install) && power === 'Running' && needsKey(line) && !silent;
      const blemish = seen === 'installed' ? blemishOf(install) : null;
      const text = blemish === null ? seen : `${seen}, but ${blemish.task} ended with code ${blemish.code}`;
      return { state: seen, ...blemish, text, known: byMessage ? 'message' : 'record', end: more ? null : 'good' };
    }
    case 'armed':
      return {
        ...asItIs(seen),
        ...(silent ? { text: `armed, not started for ${minutes(patience)}`, end: 'bad' } : {}),
      };
    case 'half-armed':
      return { ...halfArmed(install, waiting), state: seen, known: 'record' };
    case 'fired':
    case 'installing':
    case 'quiet':
    case 'lost':
      if (power === 'Running') return silent ? lost(patience) : { ...goingOn(install, seen), end: null };
      return isSettled(install, now) ? halted(install) : asItIs(stateBehind(install, seen));
    case 'other':
      return { ...asItIs(seen), end: isSettled(install, now) ? 'bad' : null };
  }
}

/** FAI has said that it is done, and the VM has not booted since. */
const isInInstaller = ({ progress, vm, installerDomain }: Install): boolean =>
  progress?.outcome === 'installed' && vm.record.domid === installerDomain;

/** The record's own word where nobody has a better one. */
const stateBehind = ({ state }: Install, seen: SeenState): InstallState =>
  seen === 'quiet' || seen === 'lost' ? state.state : seen;

const isSettled = ({ aliveAt }: Install, now: number): boolean => aliveAt === null || now - aliveAt >= settling;

const asItIs = (state: InstallState): Sight => ({ state, text: state, known: 'record', end: null });

const minutes = (milliseconds: number): string => `${Number((milliseconds / 60_000).toFixed(1))} min`;

/** One that is armed but for running is erased by its own reboot: that may be waited for, as for the start of another. */
function halfArmed(install: Install, waiting: Waiting): Pick<Sight, 'text' | 'end'> {
  const { missing } = install.state;
  const { now, patience } = waiting;
  if (missing.every((word) => word === 'halted')) {
    const text = 'armed, erased at its next reboot';
    return isSilent(install, waiting)
      ? { text: `${text}: not rebooted for ${minutes(patience)}`, end: 'bad' }
      : { text, end: null };
  }
  return { text: `half-armed, missing ${missing.join(' ')}`, end: isSettled(install, now) ? 'bad' : null };
}

const lost = (patience: number): Sight => ({
  state: 'lost',
  text: `lost, no sign of life for ${minutes(patience)}`,
  known: 'record',
  end: 'bad',
});

function goingOn(install: Install, seen: SeenState): Omit<Sight, 'end'> {
  const { progress } = install;
  const state = stateBehind(install, seen);
  if (progress === null) return { state, text: state, known: state === install.state.state ? 'record' : 'processor' };
  const { percent, task } = progress;
  return {
    state,
    ...(task === null ? {} : { task }),
    percent,
    text: [state, `${percent}%`, ...(task === null ? [] : [task])].join(' '),
    known: 'message',
  };
}

function failed(install: Install): Omit<Sight, 'end'> {
  const failure = failureOf(install);
  const known = install.progress?.outcome === 'failed' ? 'message' : 'record';
  if (failure === null) return { state: 'failed', text: 'failed', known };
  return { state: 'failed', ...failure, text: `failed at ${failure.task} with code ${failure.code}`, known };
}

function waitingForKey({ progress }: Install): Omit<Sight, 'end'> {
  const told = progress?.outcome === 'waiting';
  const text = told ? 'waiting for RETURN on its console' : 'waiting, probably for RETURN on its console: it rests';
  return { state: 'waiting', text, known: told ? 'message' : 'processor' };
}

/**
 * The installer's VM is halted. xapi notes up to 6.0 who did it (xapi_vm.ml, record_shutdown_details): FAI itself
 * halts at its end only, where its line says so.
 */
function halted({ vm, state }: Install): Sight {
  const { other_config: keys, PV_args, power_state } = vm.record;
  const flags = splitFlags(lastValue(splitKernelLine(PV_args), 'FAI_FLAGS') ?? '');
  const byItself = keys['last_shutdown_initiator'] === 'internal' && keys['last_shutdown_reason'] === 'halted';
  if (power_state === 'Halted' && byItself && flags.includes('halt'))
    return { ...asItIs(state.state), text: `${state.state}, halted by itself at its end`, end: 'good' };
  const how = keys['last_shutdown_reason'] === 'crashed' ? 'crashed' : power_state.toLowerCase();
  return { ...asItIs(state.state), text: `${state.state}, ${how}`, end: 'bad' };
}
