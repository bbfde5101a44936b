import type { MonitorMessage } from '../fai/monitor-message.ts';
import { limits } from '../limits/limits.ts';
import type { Said } from './ahead.ts';
import type { Install } from './install.ts';
import { heard, messageText } from './install-events.ts';

// The port proves no sender: whoever reaches it can say anything of any VM, by its name. What a line may do, the
// host's record decides: FAI installs only where the loader has fired and nobody has said how it ended.

interface Circumstances {
  readonly now: number;
  /** It was said before, and told late. */
  readonly late: boolean;
  /** The host does not answer: its record may be old. */
  readonly silentHost: boolean;
}

/** Milliseconds in which the last words of a VM may come after its end. */
const lastWords = 10_000;

/**
 * What was said in a VM's name, as part of its install where it can be; else as a note in its log, with the reason.
 * What is told late, and cannot be, is left out.
 */
export function hear(install: Install, message: MonitorMessage, about: Circumstances): Install {
  const why = whyNot(install, about);
  if (why === null) return heard(install, message, about.now);
  if (isEnding(install)) {
    const after = heard(install, message, about.now);
    if (mayFollow(install, after)) return after;
  }
  return about.late ? install : withDoubt(install, `does not count, ${why}: ${messageText(message)}`, about.now);
}

/** What did not count when it was said, because the record was behind. */
export function hearAgain(install: Install, said: readonly Said[]): Install {
  const since = said[0]?.at ?? Number.POSITIVE_INFINITY;
  const notes = install.notes.filter(({ by, at }) => by !== 'port' || at < since);
  const about = { late: true, silentHost: false };
  const caughtUp: Install = { ...install, notes };
  return said.reduce((one, { message, at }) => hear(one, message, { ...about, now: at }), caughtUp);
}

/** Why nothing that is said can be of an install that goes on here, for a sentence; null where it can. */
function whyNot({ vm, state, aliveAt, installerDomain }: Install, about: Circumstances): string | null {
  const { power_state: power, domid } = vm.record;
  switch (state.state) {
    case 'armed':
      return about.silentHost ? null : 'it has not been started yet';
    case 'half-armed':
      return 'the loader has not fired yet';
    case 'installed':
    case 'disarmed':
      return 'it is installed, and the installer was not started again';
    case 'failed':
      return 'it has failed, and the installer was not started again';
    case 'fired':
    case 'installing':
      if (installerDomain !== null && domid > 0 && domid !== installerDomain) return 'it has left the installer';
      if (power === 'Running' || about.silentHost || about.late) return null;
      return aliveAt !== null && about.now - aliveAt < lastWords ? null : 'it is halted';
    default:
      return 'no install has to do with it';
  }
}

/** Its end is on record, and it is still where it was heard to install: FAI has some more to say. */
const isEnding = ({ progress, installerDomain, vm }: Install): boolean =>
  progress !== null && vm.record.domid > 0 && vm.record.domid === installerDomain;

/** What is on record stands; FAI asks for RETURN after it has said that it is done. */
function mayFollow({ state }: Install, { progress }: Install): boolean {
  if (state.state === 'failed') return progress?.outcome === 'failed';
  const isDone = state.state === 'installed' || state.state === 'disarmed';
  return isDone && (progress?.outcome === 'installed' || progress?.outcome === 'waiting');
}

/** No sign of life. Only the latest are kept, and one that is repeated is told once: a flood leaves the log readable. */
function withDoubt(install: Install, text: string, now: number): Install {
  const doubts = install.notes.filter(({ by }) => by === 'port');
  if (doubts.at(-1)?.text === text) return install;
  const tooOld = doubts.length < limits.watch.doubts ? null : doubts[0];
  return { ...install, notes: [...install.notes.filter((note) => note !== tooOld), { at: now, by: 'port', text }] };
}
