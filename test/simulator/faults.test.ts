import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type FaultKind, faultKinds, randomFault, readFault } from '../../source/simulator/faults.ts';
import { flagProblem, startFromFlags } from '../../source/simulator/simulate.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { type BareHost, caller, failure, open } from './calls.ts';

let sim: Simulator;
let host: BareHost;
const call = caller(() => host);
afterEach(async () => {
  sim.world.intercept = null;
  await host.close().catch(() => {});
  await sim.stop();
});

async function begin(...fault: string[]): Promise<void> {
  sim = await startFromFlags({ vms: 2, monitorPort: 1, fault });
  host = await open(sim);
}

const nameOf = (): unknown => sim.world.database.get('VM', vm())['name_label'];
const vm = (): string =>
  [...sim.world.database.all('VM')].find(([, record]) => /^(vm1|renamed)$/.test(String(record['name_label'])))?.[0] ??
  '';

describe('at the first renaming, a write', () => {
  test.each<[FaultKind, 'done' | 'not done', RegExp]>([
    ['lose', 'not done', /^ConnectionFailure: (socket hang up|the server closed)/],
    ['drop', 'done', /^ConnectionFailure: (socket hang up|the server closed)/],
    ['truncate', 'done', /^ConnectionFailure/],
    ['corrupt', 'done', /^ConnectionFailure: VM.set_name_label: /],
    ['500', 'not done', /HTTP 500/],
    ['html', 'done', /^ConnectionFailure: VM.set_name_label: /],
    ['restart', 'not done', /^ConnectionFailure/],
    ['move', 'not done', /^ConnectionFailure/],
  ])('%s: %s', async (kind, done, told) => {
    await begin(`${kind}@VM.set_name_label:1`);
    const what = await failure(call('VM.set_name_label', vm(), 'renamed'));
    expect(String(what)).toMatch(told);
    expect(nameOf()).toBe(done === 'done' ? 'renamed' : 'vm1');
    host = await open(sim);
    await call('VM.set_name_label', vm(), 'renamed');
    expect(nameOf()).toBe('renamed');
  });
});

test('sessions are forgotten before that of the call is looked at: it is not carried out', async () => {
  await begin('forget-sessions@VM.set_name_label');
  expect(await failure(call('VM.set_name_label', vm(), 'renamed'))).toEqual(['SESSION_INVALID', expect.anything()]);
  expect(nameOf()).toBe('vm1');
  expect(sim.world.sessions.size).toBe(0);
});

test('another coordinator: the first host sends on to it', async () => {
  sim = await startFromFlags({ vms: 2, hosts: 2, monitorPort: 1, fault: ['move@VM.set_name_label:1'] });
  host = await open(sim);
  expect(await failure(call('VM.set_name_label', vm(), 'renamed'))).toMatch(/^ConnectionFailure/);
  expect(nameOf()).toBe('vm1');
  expect(await failure(open(sim))).toEqual(['HOST_IS_SLAVE', '127.0.0.2']);
});

test('tasks are forgotten', async () => {
  await begin('forget-tasks@task.get_record');
  const task = await call('Async.VM.clone', vm(), 'twin');
  expect(await failure(call('task.get_record', task))).toEqual(['HANDLE_INVALID', 'task', task]);
});

test('a delay holds the call', async () => {
  await begin('delay=86400@VM.get_uuid');
  const short = host.session.call('VM.get_uuid', [vm()], z.string(), { timeout: 20 });
  expect(await failure(short)).toMatch(/no answer in time/);
});

test.each([
  ['drop@VM.start:2', { kind: 'drop', call: 'VM.start', nth: 2 }],
  ['delay=500@event.*', { kind: 'delay', wait: 500, call: 'event.*', nth: null }],
  ['delay', { kind: 'delay', wait: 2000, call: '*', nth: null }],
  ['500:3', { kind: '500', call: '*', nth: 3 }],
  ['forget-sessions@*.get_record', { kind: 'forget-sessions', call: '*.get_record', nth: null }],
])('%s', (text, plan) => {
  expect(readFault(text)).toMatchObject(plan);
  expect(flagProblem({ fault: [text] })).toBeNull();
});

test.each(['', 'dance', 'drop@', 'drop:0', 'drop=5', 'delay=x', 'drop@VM.start:2:3', 'drop VM.start', 'toString'])(
  '"%s" is no fault, and told so',
  (text) => {
    expect(readFault(text)).toBeNull();
    expect(flagProblem({ fault: [text] })).toContain(`"${text}" is no fault: KIND[=MS][@CALL][:N] is wanted`);
  },
);

test('by chance: the same for the same seed, as often as was asked for, of every kind', () => {
  const draw = (seed: number, share: number) => {
    const next = randomFault({ seed, share });
    return Array.from({ length: 4000 }, () => next()?.kind ?? null);
  };
  expect(draw(3, 0.2)).toEqual(draw(3, 0.2));
  expect(draw(3, 0.2)).not.toEqual(draw(4, 0.2));
  const faults = draw(3, 0.2).filter((kind) => kind !== null);
  expect(faults.length / 4000).toBeCloseTo(0.2, 1);
  expect(new Set(faults)).toEqual(new Set(Object.keys(faultKinds)));
});
