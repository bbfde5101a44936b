/**
 * One word for a POSIX shell. Words of harmless characters stay bare, others go into single quotes.
 * Used for every `xe` line shown: VM names are foreign text and the lines are made to be pasted.
 */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A shell variable in place of a value: what a line before has set. Never made of foreign text. */
export interface ShellVariable {
  readonly variable: 'VM';
}

/** `xe` with its parameters, e.g. `xe('vm-param-set', {uuid: '…', 'PV-args': 'quiet'})`. */
export function xe(command: string, parameters: Readonly<Record<string, string | ShellVariable>>): string {
  const words = Object.entries(parameters).map(([name, value]) => {
    const quoted = typeof value === 'string' ? shellWord(value) : `"$${value.variable}"`;
    return `${shellWord(name)}=${quoted}`;
  });
  return ['xe', command, ...words].join(' ');
}
