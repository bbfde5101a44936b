/**
 * One word for a POSIX shell. Words of harmless characters stay bare, others go into single quotes.
 * VM names are foreign text and the lines are made to be pasted.
 */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A shell variable in place of a value: what a line before has set. Never made of foreign text. */
export interface ShellVariable {
  readonly variable: 'VM';
}

/** A word of a line; `set` is NAME=VALUE. `plain` is ours, letter by letter: a pipe, a pattern, a redirection. */
export type ShellWord =
  | string
  | ShellVariable
  | { readonly set: string; readonly to: string | ShellVariable }
  | { readonly plain: string };

/** A line for a shell, as words: only `printShell` makes text of it, and quotes every word that is not ours. */
export interface ShellLine {
  readonly shell: readonly ShellWord[];
  /** The variable that gets what the line prints. */
  readonly into?: ShellVariable['variable'];
  /** Where it is to be run, when that is not here. */
  readonly where?: 'dom0' | 'the FAI server';
  /** Said behind it; not part of the line. */
  readonly note?: string;
}

/**
 * The line as text to be pasted. `shown`: what becomes of each word before it is quoted. Where a line goes to a terminal
 * its words are cleaned so: cleaning the whole line afterwards could take a quote along.
 */
export function printShell({ shell, into }: ShellLine, shown: (word: string) => string = (word) => word): string {
  const text = shell.map((word) => printWord(word, shown)).join(' ');
  return into === undefined ? text : `${into}=$(${text})`;
}

function printWord(word: ShellWord, shown: (word: string) => string): string {
  if (typeof word === 'string') return shellWord(shown(word));
  if ('plain' in word) return word.plain;
  if ('variable' in word) return `"$${word.variable}"`;
  return `${shellWord(shown(word.set))}=${printWord(word.to, shown)}`;
}

/** `xe` with its parameters, e.g. `xe('vm-param-set', {uuid: '…', 'PV-args': 'quiet'})`. */
export const xe = (command: string, parameters: Readonly<Record<string, string | ShellVariable>>): ShellLine => ({
  shell: ['xe', command, ...Object.entries(parameters).map(([name, value]) => ({ set: name, to: value }))],
});
