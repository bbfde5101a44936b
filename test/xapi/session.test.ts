import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { network } from '../../source/transport/network.ts';
import { type Access, ReadOnlyRefusal } from '../../source/xapi/access.ts';
import { HostFailure } from '../../source/xapi/errors.ts';
import { refs } from '../../source/xapi/records.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { coordinatorAt, login, type Session } from '../../source/xapi/session.ts';
import { simulator } from '../harness.ts';

let sim: Simulator;
let session: Session;
const open = (access: Access) =>
  login({
    url: new URL(sim.host),
    user: sim.username,
    password: new Secret(sim.password),
    timeout: 5000,
    access,
    transport: network,
  });
beforeEach(async () => {
  sim = await simulator({ vms: 1 });
  session = await open('write');
});
afterEach(async () => {
  await session.close();
  await sim.stop();
});

const aVm = () => [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1')?.[0] ?? '';
const setName = (name: string) => session.call('VM.set_name_label', [aVm(), name], z.unknown());
const sent = (): string[] => {
  const methods: string[] = [];
  sim.world.intercept = (method) => {
    methods.push(method);
    return undefined;
  };
  return methods;
};

describe('a reading session', () => {
  test('refuses every write before it is sent', async () => {
    const reader = await open('read');
    const methods = sent();
    for (const method of ['VM.set_name_label', 'Async.VM.start', 'VM.clone', 'pool.add_to_other_config'])
      await expect(reader.call(method, [aVm(), 'x'], z.unknown())).rejects.toBeInstanceOf(ReadOnlyRefusal);
    expect(await reader.call('VM.get_all', [], refs)).not.toEqual([]);
    expect(await reader.within({ patience: 0 }).call('VM.get_all', [], refs)).not.toEqual([]);
    await expect(reader.within({ patience: 0 }).call('VM.destroy', [aVm()], z.unknown())).rejects.toBeInstanceOf(
      ReadOnlyRefusal,
    );
    expect(methods).toEqual(['VM.get_all', 'VM.get_all']);
    await reader.close();
  });
});

describe('a session the host has forgotten', () => {
  test('is opened anew for a read and for a write, and the write is carried out once', async () => {
    sim.world.sessions.clear();
    const methods = sent();
    await setName('renamed');
    expect(
      sim.world.database.get('VM', aVm() || [...sim.world.database.all('VM').keys()].at(-1) || ''),
    ).toBeDefined();
    expect(methods.filter((method) => method === 'VM.set_name_label')).toHaveLength(1);
    expect(methods.filter((method) => method === 'session.login_with_password')).toHaveLength(1);
  });

  test('is opened once for all who find it gone', async () => {
    sim.world.sessions.clear();
    const methods = sent();
    await Promise.all(Array.from({ length: 5 }, () => session.call('VM.get_all', [], refs)));
    expect(methods.filter((method) => method === 'session.login_with_password')).toHaveLength(1);
  });

  test('a host that forgets each login is given up', async () => {
    sim.world.intercept = (method) => {
      if (method !== 'session.login_with_password') sim.world.sessions.clear();
      return undefined;
    };
    // The simulator looks at the session before the hook: the next call finds it gone.
    sim.world.sessions.clear();
    const forget = setInterval(() => sim.world.sessions.clear(), 0);
    const error = await session.call('VM.get_all', [], refs).catch((reason: unknown) => reason);
    clearInterval(forget);
    if (error instanceof Error) expect(error).toBeInstanceOf(HostFailure);
  });
});

describe('a lost answer', () => {
  const loseOnce = (name: string) => {
    let lost = false;
    const methods: string[] = [];
    sim.world.intercept = (method) => {
      methods.push(method);
      if (method !== name || lost) return undefined;
      lost = true;
      return 'lose';
    };
    return methods;
  };

  test('a read is asked again', async () => {
    const methods = loseOnce('VM.get_all');
    expect(await session.call('VM.get_all', [], refs)).not.toEqual([]);
    expect(methods).toEqual(['VM.get_all', 'VM.get_all']);
  });

  test('not without patience', async () => {
    loseOnce('VM.get_all');
    await expect(session.within({ patience: -1 }).call('VM.get_all', [], refs)).rejects.toMatchObject({
      kind: 'cut',
    });
  });

  test('a write is not', async () => {
    const methods = loseOnce('VM.set_name_label');
    await expect(setName('x')).rejects.toMatchObject({ kind: 'cut' });
    expect(methods).toEqual(['VM.set_name_label']);
  });
});

test.each([
  ['10.0.0.2', 'https://xvm01', 'https://10.0.0.2/'],
  ['10.0.0.2', 'http://xvm01:8080', 'http://10.0.0.2:8080/'],
  ['fe80::1', 'https://xvm01', 'https://[fe80::1]/'],
  ['evil/path', 'https://xvm01', null],
  // Through a tunnel the password must not leave the machine readable after all.
  ['10.0.0.2', 'http://127.0.0.1:8080', null],
  ['127.0.0.2', 'http://127.0.0.1:8080', 'http://127.0.0.2:8080/'],
])('the coordinator %s, told by a host at %s, is %s', (master, url, at) => {
  expect(coordinatorAt(master, new URL(url), network.isReadable)?.href ?? null).toBe(at);
});
