import type { Clock } from '../clock.ts';
import type { Domain } from './guests.ts';

/** From a shutdown request to its end, in guest time. */
const shutdownTime = 5_000;

/** The life of a scripted guest: it passes in pauses, none of which ends while its domain is frozen. */
export class Life {
  private readonly end = new AbortController();
  private frozen = false;
  private readonly waiting: (() => void)[] = [];

  get signal(): AbortSignal {
    return this.end.signal;
  }

  /** The handle that the host has on it; `heeds` says whether anybody in it listens to a shutdown request. */
  domain(world: { readonly clock: Clock }, heeds: boolean): Domain {
    return {
      ask: () => (heeds ? this.pause(world, shutdownTime) : new Promise(() => {})),
      stop: () => this.end.abort(),
      freeze: () => {
        this.frozen = true;
      },
      thaw: () => {
        this.frozen = false;
        for (const wake of this.waiting.splice(0)) wake();
      },
    };
  }

  /** Waits so many milliseconds of guest time, and longer while it is frozen. Rejects when the domain ends. */
  pause({ clock }: { readonly clock: Clock }, milliseconds: number): Promise<void> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const over = () => {
        if (this.frozen) return void this.waiting.push(over);
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const cancel = clock.afterGuestTime(milliseconds, over);
      const aborted = () => {
        cancel();
        reject(signal.reason);
      };
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
