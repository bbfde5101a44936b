import { coarseAge } from '../text/time.ts';
import type { Loss } from '../watch/fleet.ts';
import { timeOfDay } from './watch-lines.ts';

const minute = 60_000;

/**
 * While the host is silent, what was printed last is what was known then: told at once, after a minute, and then each
 * time that its age has doubled; and that it is over.
 */
export class Staleness {
  private readonly tell: (text: string) => void;
  private since: number | null = null;
  /** The age at which it is told next. */
  private next = minute;

  constructor(tell: (text: string) => void) {
    this.tell = tell;
  }

  /** Whenever something was seen, a try that failed among it. */
  take(lost: Loss | null, now: number): void {
    const { since } = this;
    if (lost === null) {
      this.since = null;
      if (since !== null) this.tell('xenfai: it answers again; what is told is of now.');
    } else if (since === null) {
      this.since = lost.since;
      this.next = minute;
      this.tell(`xenfai: ${lost.reason} What is told is as of ${timeOfDay(new Date(lost.since))}; trying again.`);
    } else if (now - since >= this.next) {
      while (this.next <= now - since) this.next *= 2;
      this.tell(`xenfai: still no answer; what is told is ${coarseAge(now - since)} old.`);
    }
  }
}
