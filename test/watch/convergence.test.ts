import { expect, test } from 'vitest';
import { converges } from './convergence.ts';

// A few of what `npm run attack inventory` does ten thousand times.

test.each(['5.6.0', '6.1', '6.5', '8.3'])(
  '%s: whatever happens to line, host and VMs, the client knows in the end what the host knows',
  async (release) => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { losses, story } = await converges(seed, release);
      expect(losses, `seed ${seed}\n${story.join('\n')}`).toEqual([]);
    }
  },
  300_000,
);
