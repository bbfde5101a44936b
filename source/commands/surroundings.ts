import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { leftBehind } from '../operations/in-flight.ts';
import { BadValue } from '../problem/bad-value.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { stateFolder } from '../settings/state-folder.ts';
import { cleanLine } from '../text/clean.ts';
import { networkOf } from '../transport/network.ts';
import { socketFolders } from '../transport/socket-folder.ts';
import type { Transport } from '../transport/transport.ts';
import { Secret } from '../xapi/secret.ts';
import { adviceText } from './advice.ts';
import { agreementsOf } from './agreements.ts';
import { readAnswer, readSecret } from './ask.ts';

/** What a command gets from outside; tests hand in their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line for stdout or stderr as it is: only the printers call these. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Where an archive goes. */
  readonly stdout: Writable;
  readonly stdoutIsTerminal: boolean;
  /** Columns of that terminal; null: stdout is none. */
  readonly stdoutColumns: number | null;
  /** Both stdin and stderr are a terminal: somebody can be asked. */
  readonly interactive: boolean;
  readonly signal: AbortSignal;
  /** Ends when nobody reads stdout any more: what only tells has nobody to tell. Changes go on to their end. */
  readonly unread: AbortSignal;
  readonly now: () => Date;
  /** True for y and yes; anything else, and the end of the input, is no. */
  readonly ask: (question: string) => Promise<boolean>;
  readonly askSecret: (question: string) => Promise<Secret>;
  /** Makes every socket. */
  readonly transport: Transport;
}

/** Signals as they come: the first asks to stop and take back, the second of an operator leaves at once. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, or null. */
  readonly code: () => number | null;
}

const codes = { SIGINT: exit.interrupted, SIGTERM: exit.terminated, SIGHUP: exit.hungUp } as const;

/** Milliseconds in which a signal is an echo: npm passes on the Ctrl-C that the terminal has sent us as well. */
const echo = 100;

/**
 * Hears the signals from now on. A hang-up is never the second: kernel, shell and session manager each send it, and
 * nobody is there who could have meant it.
 */
export function watchSignals(): Interrupts {
  const controller = new AbortController();
  let code: number | null = null;
  let first = 0;
  for (const [name, value] of Object.entries(codes)) {
    process.on(name, () => {
      if (code !== null && (name === 'SIGHUP' || performance.now() - first < echo)) return;
      if (code !== null) {
        for (const line of ['left at once', ...leftBehind(), ...resuming()])
          process.stderr.write(`xenfai: ${cleanLine(line)}\n`);
        process.exit(value);
      }
      code = value;
      first = performance.now();
      // When all have heard it: Ink's exit hook, let go of in between, would believe itself alone and send it once more.
      setImmediate(() => controller.abort(new DOMException('Interrupted', 'AbortError')));
    });
  }
  return { signal: controller.signal, code: () => code };
}

/** What to do about what was left in the middle. */
const resuming = (): string[] =>
  leftBehind().length === 0
    ? []
    : [{ act: 'list-orphans' as const, note: 'lists what remains of it' }, { act: 'repeat' as const }].map((act) =>
        adviceText(act),
      );

function fixedClock(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new BadValue(`XENFAI_CLOCK ${text}: a time is wanted, such as 2026-05-01T10:00:00Z`);
  return at;
}

/** The real terminal, environment and clock. */
export function realSurroundings(interrupts: Interrupts): Surroundings {
  const { stdout, stderr } = process;
  // Made when it is first asked for: a command that is told all it needs reads nothing from there.
  const streams = () => ({ input: process.stdin, output: stderr });
  const { signal } = interrupts;
  const env = { ...process.env };
  // Programs that are called (xz, a password command) need not inherit it.
  delete process.env['XENFAI_PASSWORD'];
  const fixed = env['XENFAI_CLOCK'];
  const unread = new AbortController();
  // `| head` closes the pipe: no fault, and no reason to leave a change half done.
  stdout.on('error', (error) => unread.abort(error));
  stderr.on('error', () => {});
  return {
    env,
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    stdout,
    stdoutIsTerminal: stdout.isTTY === true,
    stdoutColumns: stdout.isTTY === true ? (stdout.columns ?? null) : null,
    interactive: isatty(0) && stderr.isTTY === true,
    signal,
    unread: unread.signal,
    now: () => (fixed === undefined ? new Date() : fixedClock(fixed)),
    // On stderr, so that stdout stays what a script reads.
    ask: async (question) => {
      const answer = await readAnswer(`${cleanLine(question)} [y/N]`, streams(), signal);
      if (answer === null) stderr.write('\n');
      return /^y(es)?$/i.test(answer?.trim() ?? '');
    },
    askSecret: async (question) => {
      const line = await readSecret(cleanLine(question), streams(), signal);
      return line === null
        ? fail({ code: 'no-password', exit: exit.usage, message: 'No password was given.' })
        : new Secret(line);
    },
    transport: networkOf(socketFolders(env, stateFolder(env)), agreementsOf(env)),
  };
}
