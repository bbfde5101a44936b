import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { converges } from '../test/watch/convergence.ts';

const { release, seed, count } = z
  .object({ release: z.string(), seed: z.number(), count: z.number() })
  .parse(workerData);

const losses: string[] = [];
for (let i = 0; i < count; i += 1) {
  const run = await converges(seed + i, release);
  losses.push(...run.losses.map((loss) => `seed ${seed + i}: ${loss}\n  ${run.story.join('\n  ')}`));
}
parentPort?.postMessage(losses);
