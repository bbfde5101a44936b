import type { Key } from './key.ts';

/** One line being edited; `cursor` counts code points from the left. */
export interface TextField {
  readonly value: string;
  readonly cursor: number;
}

export const textField = (value: string): TextField => ({ value, cursor: [...value].length });

const longest = 1200;

/** The field after a key, or null when the key edits nothing. Emacs keys as a shell has them, but for those of the arrows. */
export function editText(field: TextField, key: Key): TextField | null {
  const points = [...field.value];
  const at = Math.min(field.cursor, points.length);
  const to = (cursor: number): TextField => ({ value: field.value, cursor });
  const cut = (from: number, end: number, cursor: number): TextField => ({
    value: [...points.slice(0, from), ...points.slice(end)].join(''),
    cursor,
  });
  switch (key.name) {
    case 'left':
      return to(Math.max(0, at - 1));
    case 'right':
      return to(Math.min(points.length, at + 1));
    case 'home':
    case 'ctrl-a':
      return to(0);
    case 'end':
    case 'ctrl-e':
      return to(points.length);
    case 'backspace':
      return at === 0 ? field : cut(at - 1, at, at - 1);
    case 'delete':
    case 'ctrl-d':
      return cut(at, at + 1, at);
    case 'ctrl-u':
      return cut(0, at, 0);
    case 'ctrl-k':
      return cut(at, points.length, at);
    case 'ctrl-w': {
      const before = points
        .slice(0, at)
        .join('')
        .replace(/\S+\s*$/, '');
      return cut([...before].length, at, [...before].length);
    }
    default:
      return key.text === '' ? null : insert(field, key.text);
  }
}

/** Typed or pasted text: newlines become blanks, controls are dropped, and nothing is ever submitted by it. */
export function insert(field: TextField, text: string): TextField {
  const clean = [...text.replace(/[\r\n\t]+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '')];
  const points = [...field.value];
  const room = Math.max(0, longest - points.length);
  const added = clean.slice(0, room);
  const value = [...points.slice(0, field.cursor), ...added, ...points.slice(field.cursor)].join('');
  return { value, cursor: field.cursor + added.length };
}
