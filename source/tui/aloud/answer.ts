import type { Question } from '../kit/form.ts';
import type { Key } from '../kit/key.ts';
import type { Ask, Choice } from './turn.ts';

/** What a line that was typed means: keys, as they would be pressed; or something about the conversation itself. */
export type Answer =
  | { readonly keys: readonly Key[] }
  | { readonly say: 'again' | 'others' | 'list' }
  /** A row was taken; what to do with it is the next question. */
  | { readonly row: readonly Key[]; readonly number: number }
  | { readonly complaint: string };

/** Of a list: nothing taken yet, a row, or what else can be done there. */
export type Taken = 'nothing' | 'row' | 'others';

const press = (...names: string[]): Answer => ({ keys: names.map(keyOf) });
const keyOf = (name: string): Key => ({ name, text: [...name].length === 1 ? name : '' });
const repeat = (name: string, times: number): string[] => Array.from({ length: times }, () => name);

/** Said once, and where somebody asks for it. */
export const introduction = [
  'xenfai, read aloud: every question has numbered answers. An empty line keeps what is there, or says the answers again.',
  ':again says everything again, :back goes one step back, :clear empties a field, :up goes to the field before, :end to the end of a form, :help tells the keys, :quit leaves.',
];

const everywhere: Readonly<Record<string, Answer>> = {
  ':again': { say: 'again' },
  ':back': press('escape'),
  ':help': press('?'),
  ':words': press('ctrl-g'),
  ':quit': press('ctrl-c'),
  ':stop': press('ctrl-c'),
};

/** What a line means where this is asked. */
export function answerTo(ask: Ask, taken: Taken, typed: string): Answer {
  const word = typed.trim();
  const command = everywhere[word];
  if (command !== undefined) return command;
  switch (ask.for) {
    case 'field':
      return answerField(ask.question, typed);
    case 'text':
      return word === '' ? press('enter') : { keys: [...replaced(typed), keyOf('enter')] };
    case 'choice':
      return answerChoice(ask, taken, word);
  }
}

/** Emacs keys of the text field: whatever was there goes. */
const replaced = (text: string): readonly Key[] => [keyOf('ctrl-e'), keyOf('ctrl-u'), { name: 'paste', text }];

function answerField({ kind, value, options, flag }: Question, typed: string): Answer {
  const word = typed.trim();
  if (word === ':up') return press('shift-tab');
  if (word === ':end') return press('pagedown');
  if (word === '') return press(kind === 'fold' ? 'tab' : 'enter');
  switch (kind) {
    case 'text':
    case 'secret':
      return word === ':clear' ? press('ctrl-e', 'ctrl-u', 'enter') : { keys: [...replaced(typed), keyOf('enter')] };
    case 'button':
      return word === '1' ? press('enter') : { complaint: 'Answer 1, or :back.' };
    case 'fold':
      return word === '1' ? press('space', 'tab') : { complaint: 'Answer 1, or an empty line.' };
    case 'toggle': {
      const wanted = { '1': 'yes', yes: 'yes', '2': 'no', no: 'no' }[word];
      if (wanted === undefined) return { complaint: 'Answer 1 for yes or 2 for no.' };
      return press(...(wanted === value ? [] : ['space']), 'enter');
    }
    case 'choice': {
      const at = options.findIndex((option) => option.value === value);
      const wanted = Number(word) - 1;
      if (options[wanted] === undefined) return { complaint: `Answer a number from 1 to ${options.length}.` };
      return press(...repeat('right', (wanted - at + options.length) % options.length), 'enter');
    }
    case 'flags': {
      const wanted = Number(word) - 1;
      if (options[wanted] === undefined)
        return { complaint: `Answer a number from 1 to ${options.length}, or an empty line when all is right.` };
      return press(...repeat(wanted < flag ? 'left' : 'right', Math.abs(wanted - flag)), 'space');
    }
  }
}

function answerChoice(ask: Ask & { readonly for: 'choice' }, taken: Taken, word: string): Answer {
  if (word === '') return { say: 'again' };
  const { menu, rows } = ask;
  const choices = numbered(ask, taken);
  const number = /^\d+$/.test(word) ? Number(word) : null;
  if (number === null) {
    const named = ask.choices.find(({ key, label }) => key === word || label === word.toLowerCase());
    // A letter that does nothing now says why: the program knows.
    if (named !== undefined || [...word].length === 1) return press(named?.key ?? word);
    return { complaint: 'That is no answer here; an empty line says the answers again.' };
  }
  if (number === 0 && rows > 0) return { say: taken === 'nothing' ? 'others' : 'list' };
  if (rows > 0 && taken === 'nothing') {
    if (number > rows) return { complaint: `There are ${rows}.` };
    return { row: ['home', ...repeat('down', number - 1)].map(keyOf), number };
  }
  if (number >= 1 && number <= menu.length) return press('home', ...repeat('down', number - 1), 'enter');
  const choice = choices.find((one) => one.number === number);
  return choice === undefined ? { complaint: 'There is no such number.' } : press(choice.key);
}

/** The keys with their numbers. What says yes to a change of what exists has none: it is typed as it stands. */
function numbered(
  { menu, choices }: Ask & { readonly for: 'choice' },
  _: Taken,
): readonly (Choice & { readonly number: number | null })[] {
  let number = menu.length;
  return choices.map((choice) => {
    if (choice.key === 'y') return { ...choice, number: null };
    number += 1;
    return { ...choice, number };
  });
}

/** The question as it is read out. */
export function askLines(ask: Ask, taken: Taken): readonly string[] {
  switch (ask.for) {
    case 'text':
      return ['Text to look for; an empty line keeps it:'];
    case 'field':
      return fieldLines(ask.question);
    case 'choice': {
      if (ask.rows > 0 && taken === 'nothing')
        return [`A number from 1 to ${ask.rows} takes that row; 0 is for what else can be done here.`];
      const choices = numbered(ask, taken).map(({ number, key, label }) => `${number ?? key}. ${label}`);
      const back = ask.rows > 0 ? ['0. back to the list'] : [];
      return [...ask.menu.map((label, index) => `${index + 1}. ${label}`), ...choices, ...back];
    }
  }
}

function fieldLines({ kind, label, value, options, required, complaint }: Question): readonly string[] {
  const refused = complaint === null ? [] : [complaint];
  const list = options.map((option, index) => {
    const on = kind === 'flags' ? value.split(',').includes(option.value) : option.value === value;
    return `${index + 1}. ${option.label}${on ? (kind === 'flags' ? ', ticked' : ', chosen') : ''}`;
  });
  switch (kind) {
    case 'button':
      return [...refused, `1. ${label}`];
    case 'fold':
      return [`1. ${label}; an empty line goes on without`];
    case 'secret':
      return [...refused, `${label}: ${value === '' ? 'empty' : 'given, not shown'}`];
    case 'toggle':
      return [...refused, `${label}: ${value}`, '1. yes', '2. no'];
    case 'choice':
      return [...refused, `${label}:`, ...list];
    case 'flags':
      return [...refused, `${label}: a number ticks or unticks, an empty line goes on`, ...list];
    case 'text':
      return [...refused, `${label}${required ? ', required' : ''}: ${value === '' ? 'empty' : value}`];
  }
}
