import type { Suggestions } from '../../settings/suggestions.ts';
import type { Surroundings } from './world.ts';

/** What the program is opened with, drawn or aloud. */
export interface ScreenOptions extends Omit<Surroundings, 'now' | 'write'> {
  readonly suggestions: Suggestions;
  readonly lowBandwidth: boolean;
  readonly signs: 'unicode' | 'console' | 'ascii';
  readonly colour: boolean;
  readonly now: () => Date;
  /** Ends the program from outside: a signal came. */
  readonly signal: AbortSignal;
}

/** What its commands work with, and no more of it. */
export function surroundingsOf(options: ScreenOptions): Surroundings {
  const { settings, timeout, monitorPort, readOnly, notices, transport, journal, learned } = options;
  return {
    ...{ settings, timeout, monitorPort, readOnly, notices, transport, journal, learned },
    now: () => options.now().getTime(),
    write: (text) => void process.stdout.write(text),
  };
}
