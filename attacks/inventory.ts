import { Worker } from 'node:worker_threads';
import type { Case } from './series.ts';

/** Each with events of its own kind: event.next, event.from one at a time, many of them, news not doubled. */
const releases = ['5.6.0', '6.1', '6.5', '8.3'] as const;

const runs = 10_000;
/** How many of them are one case. */
export const runsTogether = 50;

/**
 * Ten thousand times a client follows a host through faults of every kind, while somebody else is at work on it. In
 * threads: time is turned forward there.
 */
export const inventoryCases = (seed: number): Case[] =>
  Array.from({ length: runs / runsTogether }, (_, part) => {
    const release = releases[part % releases.length] ?? releases[0];
    return { id: `${release}/${part}`, attack: () => inThread(release, (seed + part * runsTogether) % 2 ** 31) };
  });

function inThread(release: string, seed: number): Promise<string[]> {
  const worker = new Worker(new URL('./inventory-worker.ts', import.meta.url), {
    workerData: { release, seed, count: runsTogether },
  });
  return new Promise((resolve) => {
    worker.on('message', resolve);
    worker.on('error', (error) => resolve([error.message]));
  });
}
