import { afterEach, expect, test, vi } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { isRead } from '../../source/xapi/access.ts';
import { simulator } from '../harness.ts';
import { held } from '../operations/agreement.ts';
import { openProgram, type Program } from './program.ts';
import { walks } from './walks.ts';

// What --read-only rests on is the session, not the keys: here they all believe that they may write.

vi.mock('../../source/tui/app/shared.ts', async (original) => ({
  ...(await original<typeof import('../../source/tui/app/shared.ts')>()),
  writeReason: () => null,
  armReason: () => null,
}));

let sim: Simulator;
let program: Program;
afterEach(async () => {
  await program.close();
  await sim.stop();
});

test.each(Object.entries(walks))(
  '%s with --read-only: nothing is written, and the screen says why',
  async (_, walk) => {
    sim = await simulator({ vms: 3 });
    await walk.prepare(sim);
    const before = held(sim);
    const writes: string[] = [];
    sim.world.intercept = (method) => {
      if (!isRead(method)) writes.push(method);
      return undefined;
    };
    program = await openProgram(sim, { ...walk, readOnly: true });
    await walk.lead(program);
    const history = program.state().shared.history.length;
    await program.press(walk.key);
    expect(walk.ended(program.state())).toBe(false);
    await program.comes(walk.ended);
    expect(writes).toEqual([]);
    expect(held(sim)).toEqual(before);
    expect(program.screen()).toContain('Nothing is changed with --read-only.');
    expect(program.state().shared.history.slice(history)).toEqual([
      expect.stringContaining(': failed; nothing was changed'),
    ]);
  },
);
