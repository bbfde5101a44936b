import { type Changed, summary } from './changed.ts';
import type { Connection } from './connect.ts';
import { printResult } from './print.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import type { Watching } from './watch-flags.ts';

/**
 * Looks on while a change is carried out, and with --watch until every VM of it has ended. One listens before the
 * first VM starts, or FAI would find nobody to talk to.
 */
export async function andWatch(
  options: Watching,
  connection: Connection,
  around: Surroundings,
  change: () => Promise<Changed[]>,
): Promise<Result> {
  if (!options.watch || options.dryRun) return summary(await change(), options);
  // Who does not watch does not load it: at 02:10 every file costs.
  const { Watch } = await import('./watching.ts');
  const watch = new Watch(options, connection, around);
  try {
    const all = await change();
    const result = summary(all, options);
    const started = all.filter(({ problem }) => problem === null).map(({ item }) => item);
    if (started.length === 0 || around.signal.aborted) return result;
    printResult(result, options.json, around);
    const failed = all.flatMap(({ problem }) => (problem === null ? [] : [problem]));
    return await watch.toEnd(started, failed);
  } finally {
    await watch.close();
  }
}
