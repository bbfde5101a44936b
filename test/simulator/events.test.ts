import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Host } from '../../source/hosts/host.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { open, simulator } from '../harness.ts';
import { caller, cloneLenny, failure, lenny } from './calls.ts';

let sim: Simulator;
let host: Host;
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
