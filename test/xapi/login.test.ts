import { afterEach, expect, test } from 'vitest';
import { explain } from '../../source/hosts/explain.ts';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { network } from '../../source/transport/network.ts';
import { originator } from '../../source/xapi/login-call.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { login } from '../../source/xapi/session.ts';
import { simulator, xenfai } from '../harness.ts';

let sim: Simulator;
afterEach(() => sim.stop());

const open = (user: string, password: string) =>
  login({
    url: new URL(sim.host),
    user,
    password: new Secret(password),
    timeout: 5000,
    access: 'read',
    transport: network,
  });

test.each([
  ['5.6.0', undefined],
  ['6.1', undefined],
  ['6.2', originator],
  ['7.6', originator],
  ['8.3', originator],
])('a host of %s notes the originator as far as it knows of such: %s', async (release, noted) => {
  sim = await simulator({ release });
  const session = await open(sim.username, sim.password);
  const [record] = sim.world.database.all('session').values();
  expect(record?.['originator']).toBe(noted);
  await session.close();
});

test.each([2, 3, 4])('a host that counts %i arguments is sent so many', async (count) => {
  sim = await simulator();
  const sent: number[] = [];
  sim.world.intercept = (method, args) => {
    if (method !== 'session.login_with_password') return undefined;
    // What the model of 5.6 drops, it does not show.
    sent.push(args.length);
    return sent.length === 1 && count < 4
      ? new ApiError('MESSAGE_PARAMETER_COUNT_MISMATCH', method, String(count), '4')
      : undefined;
  };
  const session = await open(sim.username, sim.password);
  expect(sent).toHaveLength(count === 4 ? 1 : 2);
  await session.close();
});

test.each(['CORP\\anna', 'anna@corp.example', 'CORP\\Ännä Müller', "CORP\\o'brien & <co>"])(
  'an account of a directory is passed as it was typed: %s',
  async (name) => {
    sim = await simulator({ accounts: [{ name, password: 'p&<ss', role: 'pool-admin' }] });
    const session = await open(name, 'p&<ss');
    const [record] = sim.world.database.all('session').values();
    expect(record?.['auth_user_name']).toBe(name);
    await session.close();
  },
);

test('a name that would steer the terminal is shown cleaned', async () => {
  const name = 'CORP\\an\u0085\u202ena';
  sim = await simulator({ accounts: [{ name, password: 'secret', role: 'read-only' }], vms: 1 });
  const ran = await xenfai(sim, ['start', 'vm1', '--force', '--user', name], { env: { XENFAI_PASSWORD: 'secret' } });
  expect(ran.code).toBe(8);
  expect(ran.err).toContain('may not do that: it needs the role vm-operator');
  expect(ran.err).not.toMatch(/[\u0085\u202e]/);
});

test.each([
  ['root', 'sec\u0001ret'],
  ['ro\u001bot', 'secret'],
])('what cannot be sent is wrong usage, and is not repeated: %j', async (user, password) => {
  sim = await simulator();
  const ran = await xenfai(sim, ['status', '--user', user], { env: { XENFAI_PASSWORD: password } });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('a control character cannot be sent');
  expect(ran.err + ran.out).not.toMatch(/sec|ret|ro.?ot/);
});

test('a refused login says how names of a directory are written, and what the host has said', async () => {
  sim = await simulator();
  const error = await open('anna', 'wrong').catch((reason: unknown) => (reason as Error).cause);
  expect(explain(error, 'xvm03')).toMatchObject({
    code: 'login-refused',
    exit: 4,
    cause: 'User or password is wrong (Authentication failure).',
    try: expect.arrayContaining([expect.stringContaining('DOMAIN\\user')]),
  });
});
