import type { InstallState, StateOfInstall } from '../boot/install-state.ts';
import { readMark, type Verdict } from '../boot/marks.ts';
import { splitFlags } from '../fai/flags.ts';
import { lastValue, splitKernelLine } from '../fai/kernel-line.ts';
import type { InstallProgress } from '../fai/progress.ts';
import type { Vm } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import type { Note } from './note.ts';
import type { InstallTimes } from './times.ts';

/** A VM as one watches it: its record, its install state, what FAI says, what its processor says. */
export interface Install {
  readonly vm: Vm;
  readonly mac: string;
  /** What the record says. */
  readonly state: StateOfInstall;
  /** Null: FAI has said nothing since it was armed or since we look. */
  readonly progress: InstallProgress | null;
  readonly times: InstallTimes;
  /** When FAI said what `progress.outcome` says. */
  readonly outcomeAt: number | null;
  /** The last sign of life that was seen: a message, a busy processor, another domain or power state. */
  readonly aliveAt: number | null;
  /** When it was seen first. */
  readonly seenAt: number;
  /** It is lost: the last sign of life, or when one began to look for one. Null: it is not. */
  readonly lostSince: number | null;
  /** The domain the installer ran in; another one later is a boot from disk. */
  readonly installerDomain: number | null;
  readonly busySeen: boolean;
  readonly idleSince: number | null;
  readonly messages: readonly { readonly at: number; readonly text: string }[];
  /** What was seen besides, in the order it was seen. */
  readonly notes: readonly Note[];
}

/** How long a processor must rest before it counts, in milliseconds. */
export const restTime = 20_000;

/** True when the kernel line has neither reboot nor halt among its flags: somebody must press RETURN at the end. */
export function needsKey(line: string): boolean {
  const flags = splitFlags(lastValue(splitKernelLine(line), 'FAI_FLAGS') ?? '');
  return !flags.includes('reboot') && !flags.includes('halt');
}

/** What to say of an install. `quiet`: the loader has fired and nothing is heard, which is no verdict. */
export type SeenState = InstallState | 'quiet';

/**
 * FAI's own word first, then the record. A VM whose messages go elsewhere is judged by its processor, too: it was
 * busy, has rested for a while, and its line has no reboot flag: it waits for a key.
 */
export function seenState(install: Install, now: number): SeenState {
  const { progress, state, vm } = install;
  const running = vm.record.power_state === 'Running';
  if (progress?.outcome === 'failed') return 'failed';
  if (progress?.outcome === 'waiting' && running) return 'waiting';
  if (progress?.outcome === 'installed') return 'installed';
  if (!running || (state.state !== 'fired' && state.state !== 'installing')) return state.state;
  const goesOn = install.lostSince === null ? 'installing' : 'lost';
  if (progress !== null) return goesOn;
  const rested = install.idleSince !== null && now - install.idleSince >= restTime;
  if (rested && install.busySeen && needsKey(vm.record.PV_args)) return 'waiting';
  if (state.state === 'installing') return goesOn;
  return install.busySeen && !rested ? 'installing' : 'quiet';
}

/**
 * What somebody who watches can put on record: FAI said so; or the record says that the VM came up from its disk after
 * our arming; or a VM that xenfai made or armed, not installed since, came up in another domain than the installer's.
 * What is on record already is no news.
 */
export function verdictOf(install: Install): Verdict | null {
  const { vm, state, progress, installerDomain } = install;
  const { other_config: keys, uuid, domid, PV_args: line } = vm.record;
  const marked = (name: 'created' | 'armed' | 'installed' | 'failed') => readMark(keys, name, uuid) !== null;
  if (progress?.outcome === 'failed') {
    if (state.state !== 'fired' && state.state !== 'installing') return null;
    const { failedTask, code } = progress;
    return { verdict: 'failed', task: failedTask ?? '', code, text: lastText(install) };
  }
  if (state.state === 'installed' && !marked('installed') && marked('armed')) return { verdict: 'installed' };
  if (state.state !== 'fired' && state.state !== 'installing') return null;
  const other = installerDomain !== null && domid > 0 && domid !== installerDomain;
  const ended = progress?.ended === true;
  // Asked with every message: marks and the kernel line are read only where something has come to its end.
  if (!ended && !other) return null;
  // sysinfo and inventory end with the same messages.
  if (lastValue(splitKernelLine(line), 'FAI_ACTION') !== 'install') return null;
  const ours = ended || ((marked('created') || marked('armed')) && !marked('installed'));
  return ours ? { verdict: 'installed' } : null;
}

/** Where and with which code an install has failed, by FAI's own word or as it was put on record. */
export function failureOf({ vm, progress }: Install): { readonly task: string; readonly code: number } | null {
  if (progress?.outcome === 'failed') return { task: progress.failedTask ?? '', code: progress.code };
  return recordedFailure(vm);
}

/** The same from the record alone. */
export function recordedFailure({ record }: Vm): { readonly task: string; readonly code: number } | null {
  const mark = readMark(record.other_config, 'failed', record.uuid);
  return mark === null ? null : { task: mark.task ?? '', code: mark.code ?? 0 };
}

const lastText = ({ messages }: Install): string => (messages.at(-1)?.text ?? '').slice(0, limits.watch.text);

/** Codes from here on are FAI's warnings and minor errors: something of the task is not there. Lower ones are for information. */
const leastWarning = 300;

/** The task that ended worst of an install that FAI calls done: 620 of instsoft, say, where a package was not configured. */
export function blemishOf({ progress }: Install): { readonly task: string; readonly code: number } | null {
  if (progress?.outcome !== 'installed' || progress.code < leastWarning) return null;
  return { task: progress.failedTask ?? '', code: progress.code };
}
