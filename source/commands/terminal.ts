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

/** True when the locale is not UTF-8: frames and marks are then drawn in ASCII. */
export function needsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return !/utf-?8/i.test(locale);
}
