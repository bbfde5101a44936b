/** What the screen needs of a terminal; the reason in one line when it is not there, else null. */
export function terminalProblem(
  env: Readonly<Record<string, string | undefined>>,
  stdin: boolean,
  stdout: boolean,
): string | null {
  if (!stdin || !stdout) {
    return 'The screen needs a terminal. Without one use the subcommands, such as: xenfai status --json';
  }
  const term = env['TERM'] ?? '';
  if (term === '' || term === 'dumb') {
    return `TERM is "${term}": this terminal cannot move its cursor. The subcommands work everywhere: xenfai --help`;
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
