import { limits } from '../../limits/limits.ts';
import { shellWord } from '../../text/shell.ts';
import { failureOf } from '../failure.ts';
import { startGuarded } from './guarded.ts';
import { sshFailure } from './ssh-failure.ts';
import type { Way } from './way.ts';

/** What a command has printed there, bounded and foreign, and how it has ended. */
export interface Printed {
  readonly code: number;
  readonly out: string;
}

/** Commands on the machine that ssh leads to. */
export interface Shell {
  /** Its name, for a sentence. */
  readonly name: string;
  /** Runs one command: its words, not a line. Errors: SshFailure, ConnectionFailure, the signal's reason. */
  run(words: readonly string[], signal: AbortSignal): Promise<Printed>;
}

/** What ssh itself ends with; a command may, too, and is not told from it. */
const sshItself = 255;

/** `args`: what leads ssh there. */
export async function runThere(
  way: Way,
  args: readonly string[],
  words: readonly string[],
  signal: AbortSignal,
): Promise<Printed> {
  const ssh = startGuarded('ssh', [...args, words.map(shellWord).join(' ')]);
  signal.addEventListener('abort', ssh.end, { once: true });
  if (signal.aborted) ssh.end();
  ssh.input.end();
  let [out, said] = ['', ''];
  ssh.output.setEncoding('utf8').on('data', (text: string) => {
    out = (out + text).slice(-limits.ssh.output);
  });
  ssh.errors.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-limits.ssh.said);
  });
  const code = await ssh.ended;
  signal.removeEventListener('abort', ssh.end);
  if (signal.aborted) throw failureOf(signal.reason, signal);
  if (code === sshItself) throw sshFailure(way, code, said);
  return { code, out };
}
