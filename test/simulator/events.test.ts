import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator, until } from '../harness.ts';
import { type BareHost, caller, cloneLenny, failure, lenny, open } from './calls.ts';

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
const clone = (name: string) => cloneLenny(call, name);

describe('events', () => {
  test('next without register, and what a write sends', async () => {
    const other = await open(sim);
    const next = () => other.session.call('event.next', [], z.any(), { timeout: null });
    expect((await failure(next()))[0]).toBe('SESSION_NOT_REGISTERED');
    await other.session.call('event.register', [['vm']], z.any());
    const waiting = next();
    const vm = await clone('evented');
    const events = (await waiting) as {
      class: string;
      operation: string;
      ref: string;
      snapshot: { name_label: string };
    }[];
    expect(events[0]).toMatchObject({ class: 'vm' });
    await call('VM.set_name_label', vm, 'renamed');
    const more = await next();
    expect(JSON.stringify(more)).toContain('renamed');
    const last = next();
    await other.session.call('session.logout', [], z.any());
    expect((await failure(last))[0]).toBe('SESSION_INVALID');
  });

  test('a call whose connection was cut still takes the next events, and they are lost', async () => {
    const watcher = await open(sim);
    const cut = new AbortController();
    const next = (signal?: AbortSignal) => {
      const options = { timeout: null, ...(signal ? { signal } : {}) };
      return watcher.session.call('event.next', [], z.array(z.looseObject({ ref: z.string() })), options);
    };
    await watcher.session.call('event.register', [['vm']], z.any());
    const waiting = next(cut.signal);
    await until(() => sim.world.events.blocked === 1);
    cut.abort(new Error('cut'));
    await expect(waiting).rejects.toThrow();
    // The same session goes on over a new connection, as a client does that has lost one.
    const again = next();
    await until(() => sim.world.events.blocked === 2);
    const vm = [...sim.world.database.all('VM').keys()][0] ?? '';
    const other = [...sim.world.database.all('VM').keys()][1] ?? '';
    sim.world.database.set('VM', vm, 'name_description', 'lost');
    await until(() => sim.world.events.blocked === 1);
    sim.world.database.set('VM', other, 'name_description', 'seen');
    expect((await again).map((event) => event.ref)).toEqual([other]);
    await watcher.close();
  });

  test('more than five hundred changes are lost, and said so', async () => {
    const other = await open(sim);
    await other.session.call('event.register', [['vm']], z.any());
    const vm = await clone('busy');
    for (let i = 0; i < 510; i += 1) sim.world.database.set('VM', vm, 'name_description', String(i));
    expect(await failure(other.session.call('event.next', [], z.any()))).toEqual(['EVENTS_LOST']);
    await other.close();
  });
});

describe('tasks', () => {
  test('succeed with the reference as XML, fail with the error', async () => {
    const done = async (task: string) => {
      for (;;) {
        const record = await call('task.get_record', task);
        if (record.status !== 'pending') return record;
      }
    };
    const good = await done(await call('Async.VM.clone', await template(), 'by task'));
    expect(good).toMatchObject({ status: 'success', progress: 1, name_label: 'Async.VM.clone' });
    expect(good.result).toMatch(/^<value>OpaqueRef:/);
    const bad = await done(await call('Async.VM.start', await template(), false, false));
    expect(bad).toMatchObject({ status: 'failure', error_info: ['VM_IS_TEMPLATE', await template(), 'start'] });
  });
});

test('the same seed makes the same world', async () => {
  const [a, b] = [await simulator({ seed: 7, vms: 5 }), await simulator({ seed: 7, vms: 5 })];
  const uuids = (one: Simulator) => [...one.world.database.all('VM').values()].map((vm) => vm['uuid']);
  expect(uuids(a)).toEqual(uuids(b));
  await Promise.all([a.stop(), b.stop()]);
});
