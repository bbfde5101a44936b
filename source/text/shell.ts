/**
 * One word for a POSIX shell. Words of harmless characters stay bare, others go into single quotes.
 * Used for every `xe` line shown: VM names are foreign text and the lines are made to be pasted.
 */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** `xe` with its parameters, e.g. `xe('vm-param-set', {uuid: '…', 'PV-args': 'quiet'})`. */
export function xe(command: string, parameters: Readonly<Record<string, string>>): string {
  const words = Object.entries(parameters).map(([name, value]) => {
    const quoted = value.startsWith('$') ? `"${value}"` : shellWord(value);
    return `${shellWord(name)}=${quoted}`;
  });
  return ['xe', command, ...words].join(' ');
}
