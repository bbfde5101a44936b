import { afterEach, beforeEach, describe, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, heldClock, prepareTemplate, simulator, until, xenfai } from '../harness.ts';

// Whichever way a command ends, no session of it is left on the host.

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 3, clock: heldClock() });
  await prepareTemplate(sim);
});
afterEach(() => sim.stop());

const nobody = () => until(() => sim.world.sessions.size === 0);

const commands: readonly (readonly string[])[] = [
  ['status', '--all'],
  ['status', 'vm1', 'no-such-vm'],
  ['templates', '--json'],
  ['check', '--vm', 'vm1'],
  ['rearm', 'vm2', '--yes', '--args', goodArgs],
  ['create', 'new', '--template', 'FAI', '--start'],
  ['watch', 'vm1', '--patience', '0.0001'],
  ['start', 'vm1', '--dry-run'],
];

test.each(commands)('%j logs out', async (...args) => {
  await xenfai(sim, args);
  await nobody();
});

describe.each([
  ['an error of the host', () => new ApiError('INTERNAL_ERROR', 'on purpose')],
  ['a cut', () => 'drop' as const],
  ['an interrupt', () => undefined],
])('with %s at any call', (what, fault) => {
  test.each([[['rearm', 'vm2', '--yes', '--args', goodArgs]], [['status', '--all']]])('%j', async (args) => {
    for (let at = 1; ; at += 1) {
      let count = 0;
      const stop = new AbortController();
      sim.world.intercept = (method) => {
        if (method === 'session.login_with_password' || method === 'session.logout') return undefined;
        count += 1;
        if (count !== at) return undefined;
        if (what === 'an interrupt') stop.abort(new DOMException('interrupted', 'AbortError'));
        return fault();
      };
      await xenfai(sim, args, { signal: stop.signal });
      await nobody();
      if (count < at) break;
    }
  });
});
