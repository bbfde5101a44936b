import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator, until } from '../harness.ts';
import { type BareHost, caller, failure, open } from './calls.ts';

// event.from and event.inject, by what xapi_event.ml and db_cache_types.ml do; no recording of them is at hand.

let sim: Simulator;
let host: BareHost;
const call = caller(() => host);
afterEach(async () => {
  await host.close();
  await sim.stop();
});

async function begin(release: string): Promise<void> {
  sim = await simulator({ vms: 2, release });
  host = await open(sim);
}

interface Told {
  readonly events: readonly {
    readonly class: string;
    readonly operation: string;
    readonly ref: string;
    readonly timestamp: string;
    readonly snapshot?: { readonly name_label: string };
  }[];
  readonly valid_ref_counts: Readonly<Record<string, string>>;
  readonly token: string;
}

const from = (token: string, classes: string[] = ['vm'], seconds = 0.1): Promise<Told> =>
  host.session.call('event.from', [classes, token, seconds], z.any()) as Promise<Told>;
const words = ({ events }: Told): string[] =>
  events.map(({ operation, ref }) => `${operation} ${String(sim.world.database.find('VM', ref)?.['name_label'])}`);
const vmOf = (name: string): string =>
  [...sim.world.database.all('VM')].find(([, record]) => record['name_label'] === name)?.[0] ?? '';
const write = (name: string): void => sim.world.database.set('VM', vmOf(name), 'name_description', 'changed');
const now = async (): Promise<string> => (await from('')).token;

test.each([
  ['6.0', ['add', 'mod']],
  ['7.2', ['add']],
  ['8.3', ['add']],
])('%s: without a token all there is comes, with its record and the count of every class', async (release, told) => {
  await begin(release);
  const all = await from('', ['VM']);
  const ofOne = all.events.filter(({ ref }) => ref === vmOf('vm1'));
  expect(ofOne.map(({ operation }) => operation)).toEqual(told);
  expect(ofOne[0]).toMatchObject({ class: 'vm', timestamp: '0.0', snapshot: { name_label: 'vm1' } });
  expect(all.valid_ref_counts).toMatchObject({ vm: String(sim.world.database.all('VM').size), pool: '1' });
  expect(all.token).toMatch(/^\d{20},\d{20}$/);
});

describe('with a token', () => {
  test('what changed since is told once each: made, written, gone, in this order; what came and went is not', async () => {
    await begin('8.3');
    const token = await now();
    const { database } = sim.world;
    const gone = vmOf('vm2');
    database.destroy('VM', gone);
    write('vm1');
    write('vm1');
    database.create('VM', { name_label: 'new' });
    database.destroy('VM', database.create('VM', { name_label: 'brief' }));
    const told = await from(token);
    expect(words(told)).toEqual(['add new', 'mod vm1', 'del undefined']);
    expect(told.events.at(-1)).toEqual({ ...told.events.at(-1), ref: gone, snapshot: undefined });
    expect((await from(told.token)).events).toEqual([]);
    // Stateless: the same token tells the same.
    expect(words(await from(token))).toEqual(words(told));
  });

  test('a call waits for an event, of one object too', async () => {
    await begin('6.1');
    const token = await now();
    const waiting = from(token, [`vm/${vmOf('vm1')}`], 60.1);
    await until(() => sim.world.events.since.blocked === 1);
    write('vm2');
    write('vm1');
    expect(words(await waiting)).toEqual(['mod vm1']);
  });

  test('more than 512 deletions are forgotten without a word: the count tells', async () => {
    await begin('8.3');
    const { database } = sim.world;
    for (let i = 0; i < 600; i += 1) database.create('VM', { name_label: `crowd${i}` });
    const { token } = await from('');
    for (let i = 0; i < 600; i += 1) database.destroy('VM', vmOf(`crowd${i}`));
    const told = await from(token);
    expect(told.events.length).toBeLessThan(512);
    expect(told.valid_ref_counts['vm']).toBe(String(database.all('VM').size));
  });

  test('after a restart it is taken, and what was deleted is never told', async () => {
    await begin('7.2');
    const token = await now();
    sim.world.database.destroy('VM', vmOf('vm2'));
    sim.restart();
    write('vm1');
    host = await open(sim);
    const told = words(await from(token));
    expect(told).toContain('mod vm1');
    expect(told.filter((word) => word.startsWith('del'))).toEqual([]);
  });

  test('one that is none is refused', async () => {
    await begin('8.3');
    expect(await failure(from('yesterday'))).toEqual(['EVENT_FROM_TOKEN_PARSE_FAILURE', 'yesterday']);
  });
});

test.each([
  ['6.2', ['SESSION_INVALID', expect.stringMatching(/^OpaqueRef/)]],
  ['6.5', 'no failure'],
])('%s: a second call of the session, when it is done: %j for the first', async (release, ending) => {
  await begin(release);
  const token = await now();
  const first = failure(from(token, ['vm'], 60.1));
  await until(() => sim.world.events.since.blocked === 1);
  await from(token, ['pool'], 0.1);
  write('vm1');
  expect(await first).toEqual(ending);
});

test('a logout ends the calls of its session', async () => {
  await begin('8.3');
  const first = failure(from(await now(), ['vm'], 60.1));
  await until(() => sim.world.events.since.blocked === 1);
  await call('session.logout');
  expect((await first)[0]).toBe('SESSION_INVALID');
});

test('inject gives the token before a change that is none', async () => {
  await begin('6.1');
  const token = await call('event.inject', 'VM', vmOf('vm1'));
  expect(words(await from(token))).toEqual(['mod vm1']);
  expect(await failure(call('event.inject', 'VM', 'OpaqueRef:no'))).toEqual(['HANDLE_INVALID', 'VM', 'OpaqueRef:no']);
});

test.each([
  ['5.6.0', ['event.from', 'event.inject']],
  ['6.0', ['event.inject']],
])('%s has no %j', async (release, missing) => {
  await begin(release);
  for (const name of missing) {
    const params = name === 'event.from' ? [['vm'], '', 0.1] : ['VM', vmOf('vm1')];
    expect(await failure(call(name, ...params))).toEqual(['MESSAGE_METHOD_UNKNOWN', name]);
  }
});
