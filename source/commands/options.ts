import type { Writable } from 'node:stream';
import type { Dial } from '../repository/servers.ts';

/** The flags every command takes, and what the environment says in their place. */
export interface GlobalOptions {
  readonly host?: string;
  readonly profile?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly passwordCommand?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Seconds a call may take. */
  readonly timeout?: number;
  readonly readOnly?: boolean;
  readonly lowBandwidth?: boolean;
}

/** What a command gets from outside; tests hand in their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Where an archive goes. */
  readonly stdout: Writable;
  readonly stdoutIsTerminal: boolean;
  /** Both stdin and stdout are a terminal: somebody can be asked. */
  readonly interactive: boolean;
  readonly color: boolean;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly ask: (question: string) => Promise<boolean>;
  readonly askSecret: (question: string) => Promise<string>;
  /** Whether somebody listens at an address. */
  readonly dial: Dial;
}

/** What a command comes to: an exit code, and the one JSON document (without `ok`, which follows from the code). */
export interface Result {
  readonly exit: number;
  readonly json: Readonly<Record<string, unknown>>;
  /** Lines for a person; with --json they are not printed. */
  readonly lines: readonly string[];
  /** Everything was printed on the way: no document at the end. */
  readonly streamed?: boolean;
  /** What failed, for stderr. */
  readonly problems?: readonly string[];
}

export const defaultTimeout = 30;
