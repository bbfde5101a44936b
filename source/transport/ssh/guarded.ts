import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A program that runs beside ours. */
export interface Guarded {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** Its exit code, when it has ended and all that it said has come; 127 where there is no such program. */
  readonly ended: Promise<number>;
  /** Ends it, soon. */
  end(): void;
}

/**
 * Ends its program when nobody holds the other end of descriptor 3 any more: when we say so, and when we are gone, by
 * SIGKILL, too, which nothing of ours would outlive to say so. Ctrl-C and a hang-up are not for it: what was begun may
 * have to be taken back through it. Its words come as arguments, so that the shell reads none of them.
 */
const guard = `trap '' HUP INT QUIT
exec 4<&0 </dev/null
"$@" <&4 3<&- 4<&- &
program=$!
exec 4<&- >/dev/null
{ read -r _ <&3; kill "$program"; } 2>/dev/null &
guard=$!
exec 3<&- 2>/dev/null
wait "$program"; code=$?
kill "$guard"
exit "$code"`;

/** Starts a program, found by PATH, that never outlives this process. Its questions go to the terminal itself. */
export function startGuarded(program: string, args: readonly string[]): Guarded {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', program, ...args], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const line = child.stdio[3];
  const end = (): void => void line?.destroy();
  // A pipe to somebody who has ended.
  child.stdin.on('error', () => {});
  line?.on('error', () => {});
  return { input: child.stdin, output: child.stdout, errors: child.stderr, ended: endOf(child), end };
}

const endOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.once('error', () => resolve(missing));
    child.once('close', (code) => resolve(code ?? missing));
  });

/** What a shell says of a program that is not there. */
export const missing = 127;
