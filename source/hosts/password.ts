import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { readGiven, unreadText } from '../settings/given-file.ts';
import { Secret } from '../xapi/secret.ts';

/** Where a password may come from; never from a flag's value, because everyone can read those. */
export interface PasswordSource {
  readonly file?: string | undefined;
  readonly command?: string | undefined;
  readonly environment?: string | undefined;
}

/** The password, or null when none was given. One trailing newline is not part of it. */
export async function readPassword(source: PasswordSource, signal?: AbortSignal): Promise<Secret | null> {
  if (source.file !== undefined) return firstLine(await fromFile(source.file, signal));
  if (source.command !== undefined) return firstLine(await fromCommand(source.command, signal));
  return source.environment === undefined ? null : new Secret(source.environment);
}

async function fromFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await readGiven(path, limits.password.size, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return fail({
      code: 'password-file',
      exit: exit.usage,
      message: `Cannot read the password file ${path}.`,
      cause: `${unreadText(error)}.`,
    });
  }
}

async function fromCommand(command: string, signal: AbortSignal | undefined): Promise<string> {
  const [{ execFile }, { promisify }] = [await import('node:child_process'), await import('node:util')];
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], {
      timeout: limits.password.command,
      maxBuffer: 65_536,
      signal,
    });
    return stdout;
  } catch {
    signal?.throwIfAborted();
    // What the command printed may hold the secret: it is not repeated.
    return fail({
      code: 'password-command',
      exit: exit.usage,
      message: 'The password command failed.',
      try: ['Run it by itself: it must print the password, and end with 0 within a minute.'],
    });
  }
}

function firstLine(text: string): Secret {
  const line = text.replace(/\r?\n$/, '');
  if (line.length > limits.password.size || line.includes('\n')) {
    fail({ code: 'password-form', exit: exit.usage, message: 'The password must be one line.' });
  }
  return new Secret(line);
}
