/** Something that is done at once when it is asked for, and not again before so many milliseconds are over. */
export interface Paced {
  readonly ask: () => void;
  readonly stop: () => void;
}

/** The last asking is never lost: what was asked for meanwhile is done once, at the end of the pause. */
export function paced(milliseconds: number, work: () => void): Paced {
  let timer: NodeJS.Timeout | null = null;
  let wanted = false;
  const go = (): void => {
    wanted = false;
    timer = setTimeout(() => {
      timer = null;
      if (wanted) go();
    }, milliseconds);
    work();
  };
  return {
    ask() {
      if (timer === null) go();
      else wanted = true;
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      wanted = false;
    },
  };
}
