import { Worker } from 'node:worker_threads';
import { byteParsers } from './byte-parsers.ts';
import type { Case } from './series.ts';

/** Inputs for each reader, and how many of them are one case. */
const inputs = 1_000_000;
export const together = 20_000;

/** Milliseconds for one input. None takes one of them; the machine may be busy. */
const patience = 60_000;
/** MiB on the heap of a thread that reads inputs of some kilobytes: one that keeps more is broken. */
const memory = 256;

/** A million inputs for every reader of bytes from outside, in threads. */
export const fuzzCases = (seed: number): Case[] =>
  Array.from({ length: inputs / together }, (_, part) =>
    byteParsers.map(({ name }) => ({
      id: `${name}/${part}`,
      attack: () => inThread(name, seed, part * together),
    })),
  ).flat();

async function inThread(name: string, seed: number, from: number): Promise<string[]> {
  const at = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), {
    workerData: { name, seed, from, count: together, at },
    resourceLimits: { maxOldGenerationSizeMb: memory },
  });
  let [seen, since] = [-1, performance.now()];
  const watch = setInterval(() => {
    if (at[0] !== seen) [seen, since] = [at[0] ?? 0, performance.now()];
    else if (performance.now() - since > patience) worker.emit('error', new Error('it hangs'));
  }, 1000);
  try {
    return await new Promise<string[]>((resolve) => {
      worker.on('message', resolve);
      worker.on('error', (error) => resolve([`input ${at[0]}: ${error.message}`]));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}
