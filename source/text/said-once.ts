// A row or a sentence that begins with a name need not have it once more in its text.

/** The text is about what has this name: the name stands in it as a whole. */
export function isNamedIn(name: string, text: string): boolean {
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1))
    if (!isWordAt(text, at - 1) && !isWordAt(text, at + name.length)) return true;
  return false;
}

/** What is said behind the name: `web01: no release known.` without it, `web01 is running.` with "it" in its place. */
export function saidOf(name: string, text: string): string {
  const rest = text.startsWith(name) && name !== '' ? text.slice(name.length) : null;
  if (rest?.startsWith(': ')) return rest.slice(2);
  return rest?.startsWith(' ') ? `it${rest}` : text;
}

const isWordAt = (text: string, at: number): boolean => /[\p{L}\p{N}_-]/u.test(text.charAt(at));
