import type { Writable } from 'node:stream';

/** A shell's job control, as the screen meets it. */
export interface JobControl {
  /** Stops this program as Ctrl-Z does, and resolves when it goes on; at once where no shell is there to stop for. */
  readonly stop: () => Promise<void>;
  /** Resolves when the size of the terminal is known again: who is not in the foreground is not told of a change. */
  readonly measure: () => Promise<void>;
  /** Tells of somebody who asks it to stop, and of its going on. Returns what ends the telling. */
  readonly listen: (told: { readonly stop: () => void; readonly continued: () => void }) => () => void;
}

/** Milliseconds. The kernel drops the signal where no shell would continue the group: then nothing comes. */
const unstopped = 100;

/**
 * That of this process, whose screen goes to `output`. The whole group stops, as it would had the terminal sent the
 * signal: npm waits above us.
 */
export const processJobs = (output: Writable): JobControl => ({
  async stop() {
    // What gives the terminal back has to reach it first.
    await new Promise<void>((resolve) => output.write('', () => resolve()));
    const asked = process.listeners('SIGTSTP');
    process.removeAllListeners('SIGTSTP');
    const continued = new Promise<void>((resolve) => {
      process.once('SIGCONT', () => resolve());
      setTimeout(resolve, unstopped);
    });
    process.kill(0, 'SIGTSTP');
    await continued;
    for (const listener of asked) process.on('SIGTSTP', listener);
  },
  async measure() {
    const measured = new Promise<void>((resolve) => process.once('SIGWINCH', () => resolve()));
    process.kill(process.pid, 'SIGWINCH');
    await measured;
    // What follows from another size is drawn in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
  },
  listen({ stop, continued }) {
    process.on('SIGTSTP', stop);
    process.on('SIGCONT', continued);
    return () => {
      process.off('SIGTSTP', stop);
      process.off('SIGCONT', continued);
    };
  },
});
