import type { Host } from '../hosts/host.ts';
import type { Changed } from './changed.ts';
import { failed } from './changed.ts';

/**
 * Runs `work` for each name, `concurrency` at a time; results keep the order of the names, and a name that stands there
 * twice is one. A problem of one does not stop the others, an interrupt does.
 */
export async function eachName<T>(
  given: readonly string[],
  host: Host,
  signal: AbortSignal,
  work: (name: string) => Promise<T>,
  concurrency = 1,
): Promise<(T | Changed)[]> {
  const names = [...new Set(given)];
  const all: (T | Changed)[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < names.length; at = next++) {
      const name = names[at] ?? '';
      const done = signal.aborted ? Promise.reject(signal.reason) : work(name);
      all[at] = await done.catch((error: unknown) => failed(name, host.explain(error)));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, names.length)) }, worker));
  return all;
}
