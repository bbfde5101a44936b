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

/** Lines for the one who leaves: what was left in the middle, and how to find it. */
export function leftBehind(): string[] {
  if (work.size === 0) return [];
  return [
    ...[...work].map((what) => `left in the middle: ${what}`),
    'xenfai status --orphans finds VMs that were being made; run the same command again for the others',
  ];
}
