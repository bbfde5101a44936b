import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { roleReason } from '../../source/hosts/account.ts';
import { openHost } from '../../source/hosts/host.ts';
import { type Role, roles } from '../../source/simulator/account.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { goodArgs, heldClock, prepareTemplate, simulator, transportOf, xenfai } from '../harness.ts';

// What an account may not do is refused before anything is sent, with the role that it needs.

let sim: Simulator;
const password = 'of the directory';
beforeEach(async () => {
  const accounts = roles.map((role) => ({ name: `CORP\\${role}`, password, role }));
  sim = await simulator({ vms: 3, accounts, clock: heldClock() });
  await prepareTemplate(sim);
});
afterEach(() => sim.stop());

/** What was sent that changes the host. */
function writes(): string[] {
  const sent: string[] = [];
  sim.world.intercept = (method) => {
    if (!/^(session|event|task)\.|\.get_/.test(method)) sent.push(method.replace(/^Async\./, ''));
    return undefined;
  };
  return sent;
}

const as = (role: Role, args: readonly string[]) =>
  xenfai(sim, [...args, '--user', `CORP\\${role}`, '--json'], { env: { XENFAI_PASSWORD: password } });

/** Each with the role it takes, and the message that says so. */
const works: readonly (readonly [args: readonly string[], role: Role, first: string])[] = [
  [['start', 'vm1', '--force'], 'vm-operator', 'VM.start'],
  [['rearm', 'vm2', '--yes'], 'vm-admin', 'VM.add_to_other_config'],
  [['rearm', 'vm2', '--yes', '--args', goodArgs, '--snapshot'], 'vm-power-admin', 'VM.snapshot'],
  [['create', 'new', '--template', 'FAI'], 'vm-admin', 'VM.clone'],
  [['create', 'new', '--template', 'FAI', '--memory', '512M'], 'vm-power-admin', 'VM.clone'],
  [['stop', 'vm1', '--reset', '--yes'], 'pool-operator', 'VM.power_state_reset'],
  [['template', 'copy', 'FAI', 'other'], 'vm-admin', 'VM.clone'],
  [['template', 'set', 'FAI', '--args', `${goodArgs} x=y`], 'vm-admin', 'VM.set_PV_args'],
];

describe.each(works)('%j', (args, wanted, first) => {
  beforeEach(async () => {
    if (args[0] === 'stop') await xenfai(sim, ['start', 'vm1', '--force']);
  });

  test.each(roles.slice(0, roles.indexOf(wanted)))('is nothing for %s, and nothing was sent', async (role) => {
    const sent = writes();
    const ran = await as(role, args);
    const [vm] = ran.json.vms ?? [];
    const error = vm?.error ?? ran.json.error;
    expect(ran.code).toBe(8);
    expect(error).toMatchObject({ code: 'permission' });
    expect(error.message).toBe(`CORP\\${role} may not do that: it needs the role ${wanted}.`);
    expect(error.try[0]).toContain(`role-name=${wanted}`);
    expect(sent).toEqual([]);
  });

  test(`is done by ${wanted}`, async () => {
    const sent = writes();
    const ran = await as(wanted, args);
    expect(ran.json.vms?.[0]?.error ?? ran.json.error).toBeUndefined();
    expect(sent).toContain(first);
  });
});

test('whoever may only look can look', async () => {
  expect(await as('read-only', ['status', '--all'])).toMatchObject({ code: 0 });
  const dry = await as('read-only', ['rearm', 'vm2', '--yes', '--dry-run']);
  expect(dry).toMatchObject({ code: 0, json: { dryRun: true } });
});

test('root is not asked about, and others beside what is read anyway', async () => {
  const sent: string[] = [];
  const open = (user: string, secret: string) =>
    openHost({
      url: new URL(sim.host),
      user,
      password: new Secret(secret),
      timeout: 10_000,
      access: 'write',
      transport: transportOf(sim),
      now: Date.now,
    });
  for (const [user, secret] of [
    ['root', sim.password],
    ['CORP\\vm-admin', password],
  ] as const) {
    const host = await open(user, secret);
    sent.length = 0;
    // Nothing is answered before all three have been asked.
    let release = (): void => {};
    const all = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    sim.world.intercept = (method) => {
      sent.push(method);
      if (sent.length === (user === 'root' ? 2 : 3)) release();
      return all;
    };
    const { account } = await host.facts();
    sim.world.intercept = null;
    expect(account.name).toBe(user);
    expect(sent.includes('session.get_record')).toBe(user !== 'root');
    expect(roleReason(account, ['VM.start', 'VM.clone'])).toBeNull();
    expect(roleReason(account, ['VM.snapshot']) === null).toBe(user === 'root');
    await host.close();
  }
});
