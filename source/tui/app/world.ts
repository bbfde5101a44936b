import type { Host } from '../../hosts/host.ts';
import { type RunContext, runContext } from '../../operations/context.ts';
import type { Journal } from '../../operations/journal.ts';
import { exit } from '../../problem/exit.ts';
import { fail, type Problem, ProblemError, toProblem } from '../../problem/problem.ts';
import type { LearnedStore } from '../../settings/learned.ts';
import type { Notices } from '../../settings/notices.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Transport } from '../../transport/transport.ts';

/** What the front door hands in. */
export interface Surroundings {
  readonly settings: Settings;
  /** Milliseconds. */
  readonly timeout: number;
  readonly monitorPort: number;
  readonly readOnly: boolean;
  readonly notices: Notices;
  readonly now: () => number;
  /** Where OSC 52 and notices go: the terminal itself. */
  readonly write: (text: string) => void;
  /** Makes every socket. */
  readonly transport: Transport;
  readonly journal: Journal;
  /** What was learned of installs, for whoever opens the screen next. */
  readonly learned: LearnedStore;
}

/** The world outside the screen: what was handed in, and the host one is connected to. */
export interface World extends Surroundings {
  /** Throws a problem when there is none. */
  host(): Host;
  /** What a run on it works with; the signal ends the run. */
  context(signal: AbortSignal): RunContext;
  /** Another host; the one before is logged out. */
  open(host: Host): Promise<void>;
  /** What anything thrown means to a person. */
  problemOf(error: unknown): Problem;
  close(): Promise<void>;
}

/** What every command works with while it runs. */
export interface WorkBase {
  readonly world: World;
  /** Ends with Ctrl-C, and with Esc where something is under way. */
  readonly signal: AbortSignal;
  /** Ends with the screen. */
  readonly whole: AbortSignal;
}

/** The same for a command of one screen: its events go back there. */
export interface Work<Event> extends WorkBase {
  readonly dispatch: (event: Event) => void;
}

export function openWorld(surroundings: Surroundings): World {
  let current: Host | null = null;
  const host = (): Host =>
    current ?? fail({ code: 'not-connected', exit: exit.unreachable, message: 'Not connected to a host.' });
  return {
    ...surroundings,
    host,
    context: (signal) => runContext(host(), surroundings.journal, signal),
    async open(opened) {
      const before = current;
      current = opened;
      await before?.close();
    },
    problemOf: (error) =>
      error instanceof ProblemError || current === null ? toProblem(error) : current.explain(error),
    close: async () => current?.close(),
  };
}
