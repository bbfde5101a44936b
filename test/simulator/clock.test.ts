import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { testClock } from '../../source/simulator/clock.ts';
import { open, simulator } from '../harness.ts';

test('an install takes minutes of guest time: the test advances them, nobody waits', async () => {
  const clock = testClock();
  const sim = await simulator({ vms: 1, clock });
  const host = await open(sim);
  const call = (method: string, ...params: (string | boolean)[]) => host.session.call(method, params, z.any());
  const [vm] = await call('VM.get_by_name_label', 'vm1');
  await call('VM.start', vm, false, false);
  const installer = await call('VM.get_domid', vm);
  const hasSystem = () => [...sim.world.disks.values()].some(({ system }) => system !== null);
  await clock.advance(60_000);
  expect(hasSystem()).toBe(false);
  expect(await call('VM.get_domid', vm)).toBe(installer);
  await clock.advance(10 * 60_000);
  expect(hasSystem()).toBe(true);
  // It has rebooted by itself, and came up from its disk.
  expect(await call('VM.get_domid', vm)).not.toBe(installer);
  expect(await call('VM.get_power_state', vm)).toBe('Running');
  await host.close();
  await sim.stop();
});
