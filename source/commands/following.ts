import { recordVerdict } from '../operations/verdict.ts';
import { fileLearned } from '../settings/learned.ts';
import { stateFolder } from '../settings/state-folder.ts';
import { type WatchOptions, watchFleet } from '../watch/stream.ts';
import type { Connection } from './connect.ts';
import { listenPort } from './monitor-port.ts';
import { note } from './print.ts';
import { Staleness } from './staleness.ts';
import type { Surroundings } from './surroundings.ts';

interface FollowOptions extends Pick<WatchOptions, 'patience' | 'onChange'> {
  /** Ends it, as a signal does, and whoever reads no more. */
  readonly stop: AbortSignal;
  /** What to say when FAI's messages do not come here; the reason follows. */
  readonly unheard: string;
}

/** A host that is followed. */
export interface Following {
  /** Rejects when the host cannot be followed. */
  readonly ended: Promise<void>;
  /** When what was proven is on record. Never rejects. */
  readonly recorded: () => Promise<unknown>;
}

/** Follows a host for a command: what was learned is kept, verdicts go on record, and what is in the way is told. */
export function follow(
  { host, context }: Connection,
  around: Surroundings,
  { stop, unheard, onChange, ...options }: FollowOptions,
): Following {
  const recorded: Promise<void>[] = [];
  const staleness = new Staleness((text) => note(around, text));
  const now = (): number => around.now().getTime();
  const ended = watchFleet({
    ...options,
    host,
    transport: around.transport,
    monitorPort: listenPort(around),
    learned: fileLearned(stateFolder(around.env)),
    now,
    signal: AbortSignal.any([around.signal, around.unread, stop]),
    onChange(fleet, changed) {
      staleness.take(fleet.lost, now());
      onChange(fleet, changed);
    },
    onVerdict: (ref, verdict) => void recorded.push(recordVerdict(ref, verdict, context)),
    onListening(listening) {
      if ('problem' in listening) note(around, `xenfai: ${unheard}: ${listening.problem.message}`);
    },
  });
  return { ended, recorded: () => Promise.allSettled(recorded) };
}
