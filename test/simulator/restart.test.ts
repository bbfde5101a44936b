import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestClock, testClock } from '../../source/simulator/clock.ts';
import { readyLine, startFromFlags } from '../../source/simulator/simulate.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator, until } from '../harness.ts';
import { type BareHost, caller, cloneLenny, failure, open } from './calls.ts';

let clock: TestClock;
let sim: Simulator;
let host: BareHost;
let vm = '';
const call = caller(() => host);
beforeEach(async () => {
  clock = testClock();
  sim = await simulator({ vms: 2, clock });
  host = await open(sim);
  vm = (await call('VM.get_by_name_label', 'vm2'))[0];
});
afterEach(async () => {
  await host.close().catch(() => {});
  await sim.stop();
});
const operations = () => sim.world.database.get('VM', vm)['current_operations'] ?? {};
const busy = () => until(() => Object.keys(operations()).length > 0);
const restart = async () => {
  sim.restart();
  host = await open(sim);
};

/** What a session gets to hear: a connection that was kept alive may have to be found dead first. */
async function answered(ask: typeof call): Promise<string | string[]> {
  for (;;) {
    const answer = await failure(ask('VM.get_all'));
    if (typeof answer !== 'string') return answer;
  }
}

describe('a restart of xapi', () => {
  test('forgets sessions and subscriptions, and cuts every connection', async () => {
    await call('event.register', ['vm']);
    const next = failure(call('event.next'));
    await until(() => sim.world.events.blocked > 0);
    const old = host;
    sim.restart();
    expect(await next).toMatch(/^ConnectionFailure/);
    expect(await answered(caller(() => old))).toEqual(['SESSION_INVALID', expect.stringMatching(/^OpaqueRef:/)]);
    host = await open(sim);
    expect((await failure(call('event.next')))[0]).toBe('SESSION_NOT_REGISTERED');
    expect(await call('event.get_current_id')).toBe('1');
  });

  test('keeps the database and the domains that run', async () => {
    await call('VM.start', vm, false, false);
    const clone = await cloneLenny(call, 'kept');
    const before = await call('VM.get_record', vm);
    await restart();
    expect(await call('VM.get_record', vm)).toEqual(before);
    expect(await call('VM.get_name_label', clone)).toBe('kept');
    await clock.advance(60_000);
    expect(await call('VM.get_guest_metrics', vm)).not.toBe('OpaqueRef:NULL');
    expect((await call('host.get_other_config', sim.world.host)).agent_start_time).toMatch(/^\d+\.$/);
  });

  test('ends a shutdown that waits for its guest; the guest, asked once, goes down by itself', async () => {
    await call('VM.start', vm, false, false);
    const task = await call('Async.VM.clean_shutdown', vm);
    await busy();
    sim.restart();
    expect(operations()).toEqual({});
    host = await open(sim);
    expect(await failure(call('task.get_record', task))).toEqual(['HANDLE_INVALID', 'task', task]);
    expect(await call('VM.get_allowed_operations', vm)).toContain('clean_shutdown');
    expect(await call('VM.get_power_state', vm)).toBe('Running');
    await clock.advance(10_000);
    expect(await call('VM.get_power_state', vm)).toBe('Halted');
  });

  test('ends what waits for another operation: it is not carried out later', async () => {
    await call('VM.start', vm, false, false);
    await call('Async.VM.clean_shutdown', vm);
    await busy();
    await call('Async.VM.hard_reboot', vm);
    const domid = await call('VM.get_domid', vm);
    await restart();
    await new Promise(setImmediate);
    expect(await call('VM.get_domid', vm)).toBe(domid);
  });

  test('ends a start while eliloader fetches: nothing is burnt', async () => {
    const held: ServerResponse[] = [];
    const slow = createServer((_, response) => void held.push(response));
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const armed = (await call('VM.get_by_name_label', 'vm1'))[0];
    await call('VM.remove_from_other_config', armed, 'install-repository');
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    await call('VM.add_to_other_config', armed, 'install-repository', url);
    await call('Async.VM.start', armed, false, false);
    await until(() => held.length > 0);
    await restart();
    await until(async () => (await call('VM.get_domid', armed)) === '-1');
    expect(await call('VM.get_record', armed)).toMatchObject({
      power_state: 'Halted',
      PV_bootloader: 'eliloader',
      current_operations: {},
    });
    slow.closeAllConnections();
    slow.close();
  });

  test('loses a call that was held back', async () => {
    let go = (): void => {};
    const held = new Promise<undefined>((resolve) => {
      go = () => resolve(undefined);
    });
    let arrived = false;
    sim.world.intercept = (method) => {
      if (method !== 'VM.set_name_label') return undefined;
      arrived = true;
      return held;
    };
    const lost = call('VM.set_name_label', vm, 'renamed').catch((error: Error) => error);
    await until(() => arrived);
    await restart();
    go();
    expect(await lost).toBeInstanceOf(Error);
    expect(await call('VM.get_name_label', vm)).toBe('vm2');
  });
});

test('an intercept may hold a call, and decide then', async () => {
  sim.world.intercept = async (method) => {
    await new Promise(setImmediate);
    return method === 'VM.get_uuid' ? new Error('no') : undefined;
  };
  expect(await failure(call('VM.get_uuid', vm))).toEqual(['INTERNAL_ERROR', 'no']);
  expect(await call('VM.get_name_label', vm)).toBe('vm2');
});

test('simulate restarts xapi at SIGUSR1, with a fleet of thousands', async () => {
  const fleet = await startFromFlags({ vms: 5000, monitorPort: 1 });
  const before = process.listenerCount('SIGUSR1');
  expect(JSON.parse(readyLine(fleet)).host).toBe(fleet.host);
  const client = await open(fleet);
  const ask = caller(() => client);
  const records = await ask('VM.get_all_records');
  expect(
    Object.values(records).filter((one) => /^(vm|win)\d{4}$/.test((one as { name_label: string }).name_label)),
  ).toHaveLength(5000);
  process.emit('SIGUSR1');
  expect((await answered(ask))[0]).toBe('SESSION_INVALID');
  await fleet.stop();
  expect(process.listenerCount('SIGUSR1')).toBe(before - 1);
});
