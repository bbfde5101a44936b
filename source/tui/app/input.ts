import type { Key as InkKey } from 'ink';
import type { Key } from '../kit/key.ts';

const named: readonly (readonly [keyof InkKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Ink's idea of a key press as ours. Fast typing comes as one chunk of text: it is taken apart again. */
export function keysOf(input: string, key: InkKey): Key[] {
  if (key.tab) return [{ name: key.shift ? 'shift-tab' : 'tab', text: '' }];
  const found = named.find(([flag]) => key[flag] === true);
  if (found !== undefined) return [{ name: found[1], text: '' }];
  if (key.ctrl && input.length === 1) return [{ name: `ctrl-${input}`, text: '' }];
  if (key.meta || key.super) return [];
  return [...input].map(keyOfCharacter);
}

function keyOfCharacter(character: string): Key {
  switch (character) {
    case '\r':
    case '\n':
      return { name: 'enter', text: '' };
    case '\t':
      return { name: 'tab', text: '' };
    case '\u007f':
    case '\b':
      return { name: 'backspace', text: '' };
    case ' ':
      return { name: 'space', text: ' ' };
    default: {
      // A control character inside a chunk: its letter with Ctrl.
      const code = character.charCodeAt(0);
      if (code > 0 && code < 27) return { name: `ctrl-${String.fromCharCode(96 + code)}`, text: '' };
      return { name: character, text: /\p{Cc}/u.test(character) ? '' : character };
    }
  }
}
