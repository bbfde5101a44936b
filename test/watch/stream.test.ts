import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Verdict } from '../../source/boot/marks.ts';
import type { Host } from '../../source/hosts/host.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { network } from '../../source/transport/network.ts';
import type { Transport } from '../../source/transport/transport.ts';
import { type Fleet, noFleet } from '../../source/watch/fleet.ts';
import { type Listening, watchFleet } from '../../source/watch/stream.ts';
import type { Ref } from '../../source/xapi/records.ts';
import { goodArgs, open, simulator, until } from '../harness.ts';

let sim: Simulator;
let host: Host;
let life: AbortController;
let fleet: Fleet;
let changes: ReadonlySet<Ref>[] = [];
let verdicts: Verdict[] = [];
let listening: Listening | null = null;
let watching: Promise<void>;

const start = async (vms: number) => {
  fleet = noFleet;
  [changes, verdicts, listening, life] = [[], [], null, new AbortController()];
  sim = await simulator({ vms });
  host = await open(sim);
  watching = watchFleet({
    host,
    transport: network,
    monitorPort: 0,
    now: () => Date.now(),
    signal: life.signal,
    onChange(next, changed) {
      fleet = next;
      changes.push(changed);
    },
    onVerdict: (_, verdict) => verdicts.push(verdict),
    onListening: (told) => {
      listening = told;
    },
  });
  await until(() => fleet.byRef.size === vms);
};
afterEach(async () => {
  life.abort();
  await watching.catch(() => {});
  await host.close();
  await sim.stop();
});

const named = (name: string) => {
  const entry = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return entry;
};

describe('what is seen', () => {
  beforeEach(() => start(6));

  test('is told in batches: a burst of changes is few', async () => {
    const before = changes.length;
    const [ref] = named('vm1');
    for (let i = 0; i < 100; i += 1) sim.world.database.set('VM', ref, 'name_description', String(i));
    sim.world.database.set('VM', ref, 'name_label', 'last');
    await until(() => [...fleet.byRef.values()].some(({ vm }) => vm.record.name_label === 'last'));
    expect(changes.length - before).toBeLessThan(20);
    expect([...(changes.at(-1) ?? [])]).toContain(ref);
  });

  test('a failure that FAI reports is handed up once', async () => {
    const [ref, vm] = named('vm3');
    sim.world.database.set('VM', ref, 'power_state', 'Running');
    const port = await until(() => (listening?.state === 'listening' ? listening.port : null));
    const say = (line: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`));
        socket.on('close', () => resolve());
        socket.resume();
      });
    for (const line of ['check', 'TASKBEGIN partition', 'TASKERROR partition 710', 'TASKEND faiend 0'])
      await say(`${String(vm['uuid'])} ${line}`);
    await until(() => verdicts.length > 0);
    expect(verdicts).toEqual([
      { verdict: 'failed', task: 'partition', code: 710, text: expect.stringContaining('TASKERROR partition 710') },
    ]);
    // Another process puts its own on record, and once more: in between there is none for a moment.
    const mark = JSON.stringify({ vm: vm['uuid'], run: 'other', at: new Date().toISOString(), by: 'them' });
    const keys = named('vm3')[1]['other_config'] as Record<string, string>;
    for (const marked of [true, false, true]) {
      sim.world.database.set('VM', ref, 'other_config', { ...keys, ...(marked ? { 'xenfai:failed': mark } : {}) });
      await until(() => {
        const seen = [...fleet.byRef.values()].find(({ vm: one }) => one.record.name_label === 'vm3');
        return (seen?.vm.record.other_config['xenfai:failed'] !== undefined) === marked;
      });
    }
    expect(verdicts).toHaveLength(1);
  });
});

test('a port that is taken is told, and the rest goes on', async () => {
  await start(1);
  const first = await until(() => (listening?.state === 'listening' ? listening.port : null));
  const second = new AbortController();
  let told: Listening | null = null;
  let seen = 0;
  const other = watchFleet({
    host,
    transport: network,
    monitorPort: first,
    now: () => Date.now(),
    signal: second.signal,
    onChange: (next) => {
      seen = next.byRef.size;
    },
    onVerdict: () => {},
    onListening: (next) => {
      told = next;
    },
  });
  await until(() => seen > 0 && told);
  expect(told).toMatchObject({
    state: 'taken',
    holder: expect.stringContaining(`, PID ${process.pid}`),
    problem: { code: 'port-taken' },
  });
  second.abort();
  await other;
});

test('what is heard before the VMs are known is not lost', async () => {
  sim = await simulator({ vms: 2 });
  const [vm1 = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1') ?? [];
  // Its loader has fired.
  const loaded = { power_state: 'Running', PV_bootloader: 'pygrub', PV_args: goodArgs, other_config: {} };
  for (const [field, value] of Object.entries(loaded)) sim.world.database.set('VM', vm1, field, value);
  host = await open(sim);
  life = new AbortController();
  fleet = noFleet;
  const hearLines: Transport['hearLines'] = async (_, { onLine }) => onLine('vm1 TASKBEGIN instsoft', 0);
  watching = watchFleet({
    host,
    transport: { ...network, hearLines },
    monitorPort: 1,
    now: () => Date.now(),
    signal: life.signal,
    onChange(next) {
      fleet = next;
    },
    onVerdict: () => {},
    onListening: () => {},
  });
  const task = await until(() => [...fleet.byRef.values()].find(({ progress }) => progress !== null)?.progress?.task);
  expect(task).toBe('instsoft');
});
