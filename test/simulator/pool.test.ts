import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readFault } from '../../source/simulator/faults.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { network } from '../../source/transport/network.ts';
import { exchange } from '../../source/xapi/exchange.ts';
import type { Param } from '../../source/xapi/value.ts';
import { simulator, xenfai } from '../harness.ts';

// Several hosts in one pool, as session_check.ml, xapi_session.ml and api_server.ml make them look from outside.

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ hosts: 3 });
});
afterEach(() => sim.stop());

const [first, second, third] = [0, 1, 2];
const member = (index: number) => {
  const one = sim.members[index];
  if (one === undefined) throw new Error(`there is no host ${index}`);
  return one;
};

async function call(index: number, method: string, ...params: Param[]): Promise<unknown> {
  const connections = network.http(new URL(member(index).url));
  return exchange(connections, method, params, z.unknown(), { timeout: 5000 }).finally(() => connections.close());
}
const logIn = (index: number) => call(index, 'session.login_with_password', sim.username, sim.password);

test('each has an address of its own, and the same port', () => {
  expect(sim.members.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
  expect(new Set(sim.members.map(({ url }) => new URL(url).port)).size).toBe(1);
  const hosts = [...sim.world.database.all('host').values()];
  expect(hosts.map(({ name_label }) => name_label)).toEqual(['xvm03', 'xvm04', 'xvm05']);
  expect(new Set(hosts.map(({ uuid }) => uuid)).size).toBe(3);
  expect(hosts.map(({ resident_VMs }) => (resident_VMs as string[]).length)).toEqual([1, 1, 1]);
});

test('a slave takes no login, and no session of the coordinator', async () => {
  await expect(logIn(second)).rejects.toMatchObject({ code: 'HOST_IS_SLAVE', params: ['127.0.0.1'] });
  const session = String(await logIn(first));
  await expect(call(second, 'VM.get_all', session)).rejects.toMatchObject({ code: 'HOST_IS_SLAVE' });
  await expect(call(second, 'VM.get_all', 'OpaqueRef:none')).rejects.toMatchObject({ code: 'SESSION_INVALID' });
});

test('another one is promoted: sessions are forgotten, and the old coordinator sends on to it', async () => {
  const session = String(await logIn(first));
  sim.promote(member(third));
  await expect(call(third, 'VM.get_all', session)).rejects.toMatchObject({ code: 'SESSION_INVALID' });
  await expect(logIn(first)).rejects.toMatchObject({ code: 'HOST_IS_SLAVE', params: ['127.0.0.3'] });
  expect(await logIn(third)).toMatch(/^OpaqueRef:/);
});

test('what boots, or has lost its coordinator, says so to all', async () => {
  member(second).trouble('HOST_MASTER_CANNOT_TALK_BACK', '127.0.0.1');
  member(first).trouble('HOST_STILL_BOOTING');
  await expect(logIn(second)).rejects.toMatchObject({ code: 'HOST_MASTER_CANNOT_TALK_BACK', params: ['127.0.0.1'] });
  await expect(call(first, 'VM.get_all', 'x')).rejects.toMatchObject({ code: 'HOST_STILL_BOOTING', params: [] });
  member(first).trouble(null);
  expect(await logIn(first)).toMatch(/^OpaqueRef:/);
});

test('a host without power is not there, and is back at the same place', async () => {
  await member(first).down();
  await expect(logIn(first)).rejects.toMatchObject({ kind: 'unreachable' });
  await member(first).up();
  expect(await logIn(first)).toMatch(/^OpaqueRef:/);
});

test('connections are counted', async () => {
  await Promise.all([logIn(first), logIn(first)]);
  expect(sim.connections.most).toBe(2);
});

test('a fault moves the coordinator in the middle of a command, which follows it', async () => {
  const faults = ['move@pool.get_all_records:1', 'move@VM.get_all_records:2'].flatMap(
    (text) => readFault(text) ?? [],
  );
  const moving = await simulator({ vms: 2, hosts: 3, faults });
  for (const at of ['127.0.0.2', '127.0.0.3']) {
    expect(await xenfai(moving, ['status', '--all'])).toMatchObject({ code: 0 });
    expect(moving.world.database.get('host', moving.world.host)['address']).toBe(at);
  }
  await moving.stop();
});
