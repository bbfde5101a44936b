import { closeSync, openSync, statSync, unlinkSync } from 'node:fs';

const tries = 200;
const pause = 10;
/** Milliseconds after which a lock is nobody's any more: what is done under it takes one. */
const stale = 2000;

/**
 * Runs `work` while no other process runs its own on the same file. The lock is a file beside it that only one can
 * make; whoever was killed under it is forgotten after two seconds. The libraries for this wait in promises, and
 * settings are written in one synchronous step.
 */
export function underLock<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  for (let tried = 0; tried < tries && !take(lock); tried += 1) Atomics.wait(sleeper, 0, 0, pause);
  try {
    return work();
  } finally {
    remove(lock);
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch {
    if (age(lock) > stale) remove(lock);
    return false;
  }
}

function age(lock: string): number {
  try {
    return Date.now() - statSync(lock).mtimeMs;
  } catch {
    return 0;
  }
}

function remove(lock: string): void {
  try {
    unlinkSync(lock);
  } catch {
    // Somebody else has tidied up.
  }
}
