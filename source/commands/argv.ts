import { commandNames } from './commands.ts';
import { globalFlags } from './global-flags.ts';
import { nearestWord } from './nearest.ts';
import { declared, nameOf } from './take.ts';

/** What a line asks for; `argv` is what is left for the command. `command` empty: the screen. */
export type Asked = { readonly json: boolean } & (
  | { readonly ask: 'version' }
  /** `command` null: of all. */
  | { readonly ask: 'help'; readonly command: string | null }
  | { readonly ask: 'run'; readonly command: string; readonly argv: readonly string[] }
  | { readonly ask: 'unknown'; readonly word: string; readonly like: string | null }
);

/** Flags that may stand before a command. */
const known = new Set(declared(globalFlags).flags.map(({ flag }) => nameOf(flag)));

/** Global flags that take the next word: it is no command. */
const taking = new Set(
  declared(globalFlags)
    .flags.map(({ flag }) => flag)
    .filter((flag) => flag.includes('<'))
    .map(nameOf),
);

/** Finds the command in a line: its words may come behind global flags. */
export function askedFor(line: readonly string[]): Asked {
  const end = line.indexOf('--');
  const json = line.slice(0, end < 0 ? undefined : end).includes('--json');
  const words: number[] = [];
  for (let at = 0; at < line.length && words.length < 3; at += 1) {
    const word = line[at] ?? '';
    if (word === '--') break;
    if (taking.has(word)) at += 1;
    else if (!word.startsWith('-')) words.push(at);
  }
  const [first = '', second = '', third = ''] = words.map((at) => line[at] ?? '');
  const flags = line.filter((word) => word.startsWith('-'));
  const asksHelp = flags.includes('--help') || flags.includes('-h');
  if (first === '' && (flags.includes('--version') || flags.includes('-V'))) return { json, ask: 'version' };
  if (first === 'help') return helpOn([second, third], json);
  if (asksHelp && end < 0) return helpOn([first, second], json);
  const command = nameIn(first, second);
  // Behind a flag that is none of all commands a word may be its value: the flag is what is wrong.
  const strange = line
    .slice(0, words[0])
    .some((word) => word.startsWith('-') && !known.has(word.split('=')[0] ?? ''));
  if (command === null && strange) return { json, ask: 'run', command: '', argv: line };
  if (command === null) return unknown(first, second, json);
  const own = new Set(words.slice(0, command === '' ? 0 : command.split(' ').length));
  return { json, ask: 'run', command, argv: line.filter((_, at) => !own.has(at)) };
}

const isGroup = (word: string): boolean => commandNames.some((name) => name.startsWith(`${word} `));

/** Null when no command begins so. A group may be a command, too (`hosts`): it takes no operands. */
function nameIn(first: string, second: string): string | null {
  const name = isGroup(first) ? `${first} ${second}`.trimEnd() : first;
  return name === '' || commandNames.includes(name) ? name : null;
}

function helpOn([first = '', second = '']: readonly string[], json: boolean): Asked {
  if (first === '') return { json, ask: 'help', command: null };
  const name = nameIn(first, second);
  if (name !== null) return { json, ask: 'help', command: name };
  return isGroup(first) ? { json, ask: 'help', command: first } : unknown(first, second, json);
}

function unknown(first: string, second: string, json: boolean): Asked {
  const group = isGroup(first) ? `${first} ` : '';
  const word = `${group}${group === '' ? first : second}`.trim();
  return { json, ask: 'unknown', word, like: nearest(group === '' ? first : second, group) };
}

/** The command somebody may have meant. */
function nearest(word: string, group: string): string | null {
  const names = commandNames.filter((name) => name.startsWith(group)).map((name) => name.slice(group.length));
  const like = nearestWord(word, names);
  return like === null ? null : `${group}${like}`;
}
