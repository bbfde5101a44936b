import { readMark } from '../boot/marks.ts';
import { limits } from '../limits/limits.ts';
import type { Learned, LearnedStore } from '../settings/learned.ts';
import type { Install } from './install.ts';

// What FAI has said outlives whoever heard it: kept as a file, and recalled by whoever looks next.

/** What is worth keeping of an install; null when there is nothing. `started`: by the host's clock. */
export function learnedOf(install: Install, started: number | null): Learned | null {
  const { vm, progress, installerDomain, times, outcomeAt, messages } = install;
  if (progress === null && installerDomain === null) return null;
  return {
    vm: vm.record.uuid,
    arming: armingOf(install),
    started,
    installerDomain,
    progress,
    task: times.task,
    heard: times.heard,
    outcomeAt,
    messages: messages.slice(-limits.learned.messages),
  };
}

/**
 * An install as it is seen first, with what was learned of the same attempt before. One that is in another domain than
 * the installer's has gone on while nobody listened: what it came to, its record says.
 */
export function withLearned(install: Install, learned: Learned | null, started: number | null, now: number): Install {
  if (learned === null || !isSameAttempt(install, learned, started)) return install;
  const { installerDomain, messages } = learned;
  const { domid } = install.vm.record;
  const past = (at: number | null): number | null => (at === null ? null : Math.min(at, now));
  const left = installerDomain !== null && domid > 0 && domid !== installerDomain;
  return {
    ...install,
    installerDomain: installerDomain ?? install.installerDomain,
    progress: left ? null : learned.progress,
    outcomeAt: left ? null : past(learned.outcomeAt),
    messages: messages.map(({ at, text }) => ({ at: Math.min(at, now), text })),
    times: { ...install.times, task: left ? null : past(learned.task), heard: past(learned.heard) },
  };
}

/** By the mark of its arming; without one, by the start of the domain. */
function isSameAttempt(install: Install, learned: Learned, started: number | null): boolean {
  if (learned.vm !== install.vm.record.uuid || learned.arming !== armingOf(install)) return false;
  return learned.arming !== '' || (started !== null && learned.started === started);
}

function armingOf({ vm: { record } }: Install): string {
  const mark = readMark(record.other_config, 'armed', record.uuid);
  return mark === null ? '' : `${mark.run} ${mark.at}`;
}

/** Keeps what has changed, no more often than it is asked to; one that is armed again is forgotten. */
export class Learner {
  private readonly store: LearnedStore;
  private readonly kept = new Map<string, Pick<Install, 'progress' | 'messages' | 'installerDomain'>>();

  constructor(store: LearnedStore) {
    this.store = store;
  }

  learn(install: Install, started: number | null): void {
    const { uuid } = install.vm.record;
    const { progress, messages, installerDomain } = install;
    const before = this.kept.get(uuid);
    const same =
      before?.progress === progress && before.messages === messages && before.installerDomain === installerDomain;
    if (same) return;
    this.kept.set(uuid, { progress, messages, installerDomain });
    const learned = learnedOf(install, started);
    if (learned !== null) this.store.keep(learned);
    else if (install.state.state === 'armed') this.store.forget(uuid);
  }
}
