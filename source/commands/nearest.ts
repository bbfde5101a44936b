import { Command, CommanderError } from 'commander';

/** The word somebody may have meant: the only one that begins so, or what commander knows to be near; else null. */
export function nearestWord(word: string, words: readonly string[]): string | null {
  const [begun, ...others] = words.filter((name) => name.startsWith(word) && word !== '');
  if (begun !== undefined && others.length === 0) return begun;
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .helpCommand(false);
  for (const name of new Set(words.map((one) => one.split(' ')[0] ?? one))) program.command(name);
  try {
    program.parse([word], { from: 'user' });
  } catch (error) {
    const [, like] =
      (error instanceof CommanderError && /Did you mean (?:one of )?([\w-]+)/.exec(error.message)) || [];
    if (like !== undefined) return like;
  }
  return null;
}
