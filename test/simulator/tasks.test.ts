import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, failure, lenny, open, provisioned } from './calls.ts';

let sim: Simulator;
let host: BareHost;
beforeAll(async () => {
  sim = await simulator();
  host = await open(sim);
});
afterAll(async () => {
  await host.close();
  await sim.stop();
});

const call = caller(() => host);
const template = () => lenny(call);

describe('tasks and sessions', () => {
  test('a task that has ended can be cancelled; one that waits for its turn ends', async () => {
    const vm = await provisioned(call, 'cancelled');
    const { database } = sim.world;
    const done = await call('Async.VM.clone', await template(), 'done');
    await call('task.cancel', done);
    expect((await call('task.get_record', done)).status).toBe('success');
    database.setKey('VM', vm, 'current_operations', 'somebody', 'hard_shutdown');
    const waiting = await call('Async.VM.snapshot', vm, 'never');
    expect(await call('task.get_allowed_operations', waiting)).toEqual(['cancel']);
    await call('task.cancel', waiting);
    expect(await call('task.get_record', waiting)).toMatchObject({
      status: 'cancelled',
      error_info: ['TASK_CANCELLED', waiting],
      current_operations: {
        [Object.keys((await call('task.get_record', waiting)).current_operations)[0] ?? '']: 'cancel',
      },
    });
  });

  test('tasks above 200 and sessions above 400 are collected', async () => {
    const { database } = sim.world;
    for (let i = 0; i < 210; i += 1) await call('Async.VM.clone', 'OpaqueRef:none', 'x');
    expect(database.all('task').size).toBeLessThanOrEqual(201);
    for (let i = 0; i < 400; i += 1) {
      const ref = database.create('session', { last_active: '20000101T00:00:00Z' });
      sim.world.sessions.add(ref);
    }
    await (await open(sim)).close();
    expect(sim.world.sessions.size).toBeLessThan(10);
  });

  test('filters: and, or, not, brackets; fields go by the names of their columns', async () => {
    const count = async (filter: string) => Object.keys(await call('VM.get_all_records_where', filter)).length;
    expect(await count('field "name__label" = "Debian Lenny 5.0 (32-bit)"')).toBe(1);
    expect(
      await count('not field "is_a_template" = "true" and (false or field "is_control_domain" = "true")'),
    ).toBeGreaterThan(1);
    expect(await count('(not field "is_a_template" = "true") and field "is_control_domain" = "true"')).toBe(1);
    expect(await failure(count('field "name_label" = "x"'))).toEqual([
      'INTERNAL_ERROR',
      'missing field',
      'name_label',
      '',
    ]);
    expect(await failure(count('field "uuid"'))).toEqual(['INTERNAL_ERROR', 'Parsing.Parse_error']);
    expect(await failure(count('zzz'))).toEqual(['INTERNAL_ERROR', 'Failure("lexing: empty token")']);
  });
});
