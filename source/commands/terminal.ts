/** What the screen needs of a terminal; the reason in one line when it is not there, else null. */
export function terminalProblem(stdin: boolean, stdout: boolean): string | null {
  if (!stdin || !stdout) {
    return 'The screen needs a terminal. Without one use the subcommands, such as: xenfai status --json';
  }
  return null;
}

/** Signs that a terminal can be trusted with: ASCII where the locale is not UTF-8; the Linux console has few beyond. */
export function signsFor(env: Readonly<Record<string, string | undefined>>): 'unicode' | 'console' | 'ascii' {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (!/utf-?8/i.test(locale)) return 'ascii';
  return env['TERM'] === 'linux' ? 'console' : 'unicode';
}

/** Whether colours are wanted: NO_COLOR as no-color.org has it, and chalk's own variable. */
export const wantsColour = (env: Readonly<Record<string, string | undefined>>, noColor: boolean): boolean =>
  !noColor && !env['NO_COLOR'] && env['FORCE_COLOR'] !== '0';

/**
 * Whether the program is read out in lines instead of drawn: somebody listens (both variables are what other programs
 * ask for, too), or the terminal cannot move its cursor.
 */
export function isAloud(env: Readonly<Record<string, string | undefined>>, screenReader: boolean): boolean {
  const wanted = [env['ACCESSIBLE'], env['INK_SCREEN_READER']].some(
    (value) => value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase()),
  );
  return screenReader || wanted || ['', 'dumb'].includes(env['TERM'] ?? '');
}
