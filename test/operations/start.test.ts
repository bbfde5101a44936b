import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { prepareTemplate, simulator, xenfai } from '../harness.ts';

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 3 });
  await prepareTemplate(sim);
});
afterEach(() => sim.stop());

describe('start', () => {
  test('polls that are cut for a while do not end it', async () => {
    let cut = 0;
    sim.world.intercept = (method) => {
      if (method !== 'task.get_record' || cut >= 3) return undefined;
      cut += 1;
      return 'lose';
    };
    const ran = await xenfai(sim, ['start', 'vm1', '--json']);
    expect(ran).toMatchObject({ code: 0, json: { vms: [{ ok: true, attemptUsed: true }] } });
    expect(cut).toBe(3);
  });

  test('interrupted while the host starts it: the end is awaited and told as it is', async () => {
    const controller = new AbortController();
    sim.world.intercept = (method) => {
      if (method === 'Async.VM.start') controller.abort(new DOMException('Interrupted', 'AbortError'));
      return undefined;
    };
    const ran = await xenfai(sim, ['start', 'vm1', '--json'], { signal: controller.signal });
    // This host cannot stop a start: it happened, and that is what is said.
    expect(ran.json.vms[0]).toMatchObject({ ok: true, powerState: 'running', attemptUsed: true });
  });

  test('the answer to the start is lost: the host is looked at, and what happened is said', async () => {
    sim.world.intercept = (method) => (method === 'Async.VM.start' ? 'drop' : undefined);
    const ran = await xenfai(sim, ['start', 'vm1', '--json']);
    expect(ran).toMatchObject({ code: 0, json: { vms: [{ powerState: 'running', attemptUsed: true }] } });
  });

  test('the start is lost before it was begun: it is not tried twice', async () => {
    sim.world.intercept = (method) => (method === 'Async.VM.start' ? 'lose' : undefined);
    const ran = await xenfai(sim, ['start', 'vm1', '--json']);
    expect(ran).toMatchObject({ code: 3, json: { vms: [{ ok: false, powerState: 'halted' }] } });
  });
});
