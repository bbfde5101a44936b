import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { leftBehind } from '../operations/in-flight.ts';
import { exit } from '../problem/exit.ts';
import { dialTcp } from '../repository/servers.ts';
import { cleanLine } from '../text/clean.ts';
import type { Surroundings } from './options.ts';

/** Signals as the operator sends them: the first asks to stop and take back, the second leaves at once. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, or null. */
  readonly code: () => number | null;
}

const codes = { SIGINT: exit.interrupted, SIGTERM: exit.terminated, SIGHUP: exit.hungUp } as const;

/** Milliseconds in which the same signal is an echo of itself; no hand is that fast. */
const echo = 100;

export function watchSignals(): Interrupts {
  const controller = new AbortController();
  let code: number | null = null;
  let first = 0;
  for (const [name, value] of Object.entries(codes)) {
    process.on(name, () => {
      // Ink's exit hook sends a signal once more when it believes that nobody else listens: that is no second one.
      if (code !== null && performance.now() - first < echo) return;
      if (code !== null) {
        for (const line of ['left at once', ...leftBehind()]) process.stderr.write(`xenfai: ${cleanLine(line)}\n`);
        process.exit(value);
      }
      code = value;
      first = performance.now();
      controller.abort(new DOMException('Interrupted', 'AbortError'));
    });
  }
  return { signal: controller.signal, code: () => code };
}

/** The real terminal, environment and clock. */
export function realSurroundings(interrupts: Interrupts): Surroundings {
  const { stdin, stdout, stderr } = process;
  const env = { ...process.env };
  // Programs that are called (xz, a password command) need not inherit it.
  delete process.env['XENFAI_PASSWORD'];
  const fixed = env['XENFAI_CLOCK'];
  return {
    env,
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    stdout,
    stdoutIsTerminal: stdout.isTTY === true,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    color: stdout.isTTY === true && !env['NO_COLOR'],
    signal: interrupts.signal,
    now: () => (fixed === undefined ? new Date() : new Date(fixed)),
    ask: async (question) =>
      /^y(es)?$/i.test((await readLine(`${question} [y/N] `, interrupts.signal, false)).trim()),
    askSecret: (question) => readLine(question, interrupts.signal, true),
    dial: dialTcp,
  };
}

/** Asks on stderr, so that stdout stays what a script reads. A secret is not echoed. */
async function readLine(question: string, signal: AbortSignal, secret: boolean): Promise<string> {
  process.stderr.write(question);
  const output = secret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await lines.question('', { signal });
  } finally {
    lines.close();
    if (secret) process.stderr.write('\n');
  }
}
