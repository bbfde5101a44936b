/**
 * What is half done at this moment, for whoever leaves without waiting: a second Ctrl-C prints it. The one piece of
 * state that a whole process shares, because a signal is that, too.
 */
const work = new Set<string>();

/** Notes a piece of work; the returned function crosses it out. */
export function begin(what: string): () => void {
  work.add(what);
  return () => work.delete(what);
}

/** Lines for the one who leaves: what was left in the middle. */
export const leftBehind = (): string[] => [...work].map((what) => `left in the middle: ${what}`);
