/**
 * Time as the simulated world has it. The host's clock is real; what happens inside guests goes `speed` times
 * faster. Tests hand in a clock of their own and advance it.
 */
export interface Clock {
  now(): Date;
  /** Runs `action` after so many milliseconds of guest time; the returned function takes it back. */
  afterGuestTime(milliseconds: number, action: () => void): () => void;
}

/** `now`: the host's clock; pictures have one that stands still. */
export function realClock(speed: number, now = () => new Date()): Clock {
  return {
    now,
    afterGuestTime(milliseconds, action) {
      // What guests have yet to do keeps no process alive: the servers do.
      const timer = setTimeout(action, milliseconds / speed).unref();
      return () => clearTimeout(timer);
    },
  };
}

export interface TestClock extends Clock {
  /** Advances the time and runs what became due, in order, letting promises settle in between. */
  advance(milliseconds: number): Promise<void>;
}

export function testClock(start = '2010-11-15T10:53:00Z'): TestClock {
  let now = Date.parse(start);
  let waiting: { at: number; action: () => void }[] = [];
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => new Date(now),
    afterGuestTime(milliseconds, action) {
      const entry = { at: now + milliseconds, action };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        await settle();
        const due = waiting.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        waiting = waiting.filter((entry) => entry !== due);
        now = Math.max(now, due.at);
        due.action();
      }
      now = end;
    },
  };
}

/** `20101115T10:53:00Z`: how a 5.6 host writes a time. */
export const hostTime = (date: Date): string => `${date.toISOString().slice(0, 19).replaceAll('-', '')}Z`;
