import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { DiskNews } from '../../source/watch/disks.ts';
import type { FleetEvent } from '../../source/watch/fleet.ts';
import { followInventory } from '../../source/watch/inventory.ts';
import { open, simulator, until, xenfai } from '../harness.ts';

let sim: Simulator;
let host: Host;
let events: FleetEvent[] = [];
let disks: DiskNews[] = [];
let life: AbortController;
let impatience: AbortController;
let following: Promise<void>;
beforeEach(async () => {
  events = [];
  life = new AbortController();
  impatience = new AbortController();
  sim = await simulator({ vms: 4 });
  host = await open(sim);
  const tell = (batch: readonly FleetEvent[]) => events.push(...batch);
  disks = [];
  const tellDisks = (batch: readonly DiskNews[]) => disks.push(...batch);
  following = followInventory(host, { signal: life.signal, tell, tellDisks, hurry: () => impatience.signal });
  await until(() => events.length > 1);
});
afterEach(async () => {
  life.abort();
  await following.catch(() => {});
  await host.close();
  await sim.stop();
});

test('reads everything once, the MACs last, then lives on events', async () => {
  const [first, second] = events;
  expect(first).toMatchObject({ type: 'all' });
  if (first?.type !== 'all') return;
  expect(first.vms.map(({ record }) => record.name_label).sort()).toEqual(['vm1', 'vm2', 'vm3', 'vm4']);
  expect(second?.type === 'macs' && [...second.macs.values()][0]).toMatch(/^([0-9a-f]{2}:){5}/);
  const reads: string[] = [];
  sim.world.intercept = (method) => {
    reads.push(method);
    return undefined;
  };
  await xenfai(sim, ['start', 'vm1']);
  await until(() => events.some((event) => event.type === 'vm' && event.vm.record.power_state === 'Running'));
  expect(reads.filter((method) => method === 'VM.get_all_records')).toEqual([]);
});

test('of the metrics only another start is told, as the host says it', async () => {
  const started = (): FleetEvent[] => events.filter(({ type }) => type === 'started');
  const [, vm] = [...sim.world.database.all('VM')].find(([, { name_label }]) => name_label === 'vm1') ?? [];
  const metrics = String(vm?.['metrics']);
  for (const [field, value] of [
    ['memory_actual', 1],
    ['start_time', '20261124T02:00:00Z'],
    ['memory_actual', 2],
    ['start_time', '20261124T02:00:00Z'],
  ] as const)
    sim.world.database.set('VM_metrics', metrics, field, value);
  sim.world.database.set('VM_metrics', metrics, 'start_time', '20261124T03:00:00Z');
  await until(() => started().length > 1);
  const at = [2, 3].map((hour) => Date.UTC(2026, 10, 24, hour));
  expect(started()).toEqual(at.map((time) => ({ type: 'started', metrics, at: time })));
});

test('a disk that grows or goes is told with its size and name; after a full read any may be another', async () => {
  expect(disks).toEqual([{ type: 'all' }]);
  const [disk = ''] =
    [...sim.world.database.all('VDI')].find(([, { virtual_size }]) => Number(virtual_size) > 0) ?? [];
  sim.world.database.set('VDI', disk, 'name_label', 'root');
  sim.world.database.set('VDI', disk, 'virtual_size', 2 ** 40);
  sim.world.database.destroy('VDI', disk);
  await until(() => disks.some(({ type }) => type === 'gone'));
  expect(disks).toContainEqual({ type: 'disk', disk, name: 'root', bytes: 2 ** 40 });
  expect(disks.at(-1)).toEqual({ type: 'gone', disk });
});

test('lost events mean a full read', async () => {
  const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
  for (let i = 0; i < 600; i += 1) sim.world.database.set('VM', ref, 'name_description', String(i));
  await until(() => events.filter((event) => event.type === 'all').length > 1);
});

test('a session the host has forgotten is renewed and everything read anew, without a word', async () => {
  sim.world.sessions.clear();
  sim.world.events.drop('');
  await until(() => events.filter((event) => event.type === 'all').length > 1);
  expect(events.some((event) => event.type === 'lost')).toBe(false);
});

test('a lost connection is told, and followed again', async () => {
  let cut = false;
  sim.world.intercept = (method) => {
    if (method !== 'event.register' && method !== 'event.next') return undefined;
    if (cut) return undefined;
    cut = true;
    return 'lose';
  };
  sim.world.database.set('pool', [...sim.world.database.all('pool').keys()][0] ?? '', 'name_label', 'poke');
  const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
  sim.world.database.set('VM', ref, 'name_description', 'poke');
  await until(() => events.some((event) => event.type === 'lost'));
  await until(() => events.filter((event) => event.type === 'all').length > 1);
});

test('whoever does not want to wait for the next try need not', async () => {
  let cuts = 0;
  // Each try fails until somebody is impatient; by then the pause is one that no test could wait for.
  sim.world.intercept = (method) => {
    if (!method.startsWith('event.') || cuts > 5) return undefined;
    cuts += 1;
    impatience.abort();
    return 'lose';
  };
  const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
  sim.world.database.set('VM', ref, 'name_description', 'poke');
  await until(() => cuts > 5);
  await until(() => events.filter((event) => event.type === 'all').length > 1);
});
