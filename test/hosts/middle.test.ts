import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Host, openHost } from '../../source/hosts/host.ts';
import { agreed, TrustNeeded } from '../../source/hosts/trust.ts';
import { ProblemError } from '../../source/problem/problem.ts';
import { agreementOf, type KnownHost } from '../../source/settings/known-host.ts';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { newCertificate } from '../../source/simulator/tls.ts';
import { networkOf } from '../../source/transport/network.ts';
import { UntrustedCertificate } from '../../source/transport/trust.ts';
import type { FleetEvent } from '../../source/watch/fleet.ts';
import { followInventory } from '../../source/watch/inventory.ts';
import { refs } from '../../source/xapi/records.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { simulator, until } from '../harness.ts';
import { type Man, manInTheMiddle } from '../man-in-the-middle.ts';

// Somebody in between, who reads all that is said to him: nothing is, before he is trusted.

let sim: Simulator;
const known = new Map<string, KnownHost>();
const men: Man[] = [];
beforeEach(async () => {
  known.clear();
  sim = await simulator({ vms: 1 });
});
afterEach(async () => {
  await Promise.all(men.splice(0).map((man) => man.stop()));
  await sim.stop();
});

async function between(options: Parameters<typeof manInTheMiddle>[1] = {}): Promise<Man> {
  const man = await manInTheMiddle(sim, options);
  men.push(man);
  return man;
}

const network = networkOf([], async (authority) => {
  const host = known.get(authority);
  return host === undefined ? null : agreementOf(host);
});
const open = (url: string): Promise<Host> =>
  openHost({
    url: new URL(url),
    user: sim.username,
    password: new Secret(sim.password),
    timeout: 5000,
    access: 'read',
    transport: network,
    now: Date.now,
  });
const failing = (url: string): Promise<unknown> => open(url).then(null, (error: unknown) => error);

/** As somebody who has looked at it agrees. */
async function agreeTo(url: string): Promise<void> {
  const error = await failing(url);
  if (!(error instanceof TrustNeeded)) throw error;
  const host = agreed(error.offer, new Date());
  known.set(host.host, host);
}

test('an unknown host is sent nothing; when it is agreed to, the login', async () => {
  const man = await between();
  await expect(open(man.url)).rejects.toBeInstanceOf(TrustNeeded);
  await agreeTo(man.url);
  expect(await man.heardInAll()).toBe('');
  const host = await open(man.url);
  expect(man.heard()).toContain(sim.password);
  await host.close();
});

test('who takes the place of a host that was agreed to is sent nothing, and nobody is asked', async () => {
  const first = await between();
  await agreeTo(first.url);
  const port = Number(new URL(first.url).port);
  await first.stop();
  const second = await between({ port });
  const error = await failing(second.url);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).not.toBeInstanceOf(TrustNeeded);
  expect(error).toMatchObject({ problem: { code: 'certificate-changed', exit: 5 } });
  expect(await second.heardInAll()).toBe('');
});

test('who takes the place of a host that is followed ends that: to try again would help nobody', async () => {
  const first = await between();
  await agreeTo(first.url);
  const host = await open(first.url);
  const port = Number(new URL(first.url).port);
  const told: FleetEvent[] = [];
  const { signal } = new AbortController();
  const following = followInventory(host, { signal, tell: (events) => told.push(...events) });
  const ended = following.catch((error: unknown) => host.explain(error).code);
  await until(() => told.some(({ type }) => type === 'all'));
  await first.stop();
  const second = await between({ port });
  expect(await ended).toBe('certificate-changed');
  expect(await second.heardInAll()).toBe('');
});

test('and in the middle of a session neither, however long one would wait for the host', async () => {
  const pem = newCertificate('7.6.0');
  const first = await between({ pem });
  await agreeTo(first.url);
  const host = await open(first.url);
  await host.session.call('VM.get_all', [], refs);
  const port = Number(new URL(first.url).port);
  await first.stop();
  const second = await between({ port });
  await expect(host.session.call('VM.get_all', [], refs)).rejects.toBeInstanceOf(UntrustedCertificate);
  sim.world.sessions.clear();
  const patient = host.session.within({ patience: 600_000 });
  await expect(patient.renew(new AbortController().signal)).rejects.toBeInstanceOf(UntrustedCertificate);
  expect(await second.heardInAll()).toBe('');
  await second.stop();
  // It is the same one again.
  await between({ port, pem });
  expect(await host.session.call('VM.get_all', [], refs)).not.toEqual([]);
  await host.close();
});

describe('a pool: a member sends on to its coordinator, which is another host', () => {
  let member: Man;
  let coordinator: Man;
  beforeEach(async () => {
    member = await between();
    coordinator = await between({ address: '127.0.0.2', port: Number(new URL(member.url).port) });
    let asked = false;
    sim.world.intercept = (method) => {
      if (method !== 'session.login_with_password' || asked) return undefined;
      asked = true;
      return new ApiError('HOST_IS_SLAVE', '127.0.0.2');
    };
  });

  test('which is sent nothing before it is agreed to itself', async () => {
    await agreeTo(member.url);
    const error = await failing(member.url);
    expect(error).toBeInstanceOf(TrustNeeded);
    expect(error).toMatchObject({ offer: { presented: { authority: new URL(coordinator.url).host } } });
    expect(await coordinator.heardInAll()).toBe('');
    expect(member.heard()).toContain(sim.password);
  });

  test('and is refused when it has changed', async () => {
    await agreeTo(member.url);
    const { host } = new URL(coordinator.url);
    const [other] = known.values();
    if (other === undefined) throw new Error('nothing agreed to');
    known.set(host, { ...other, host });
    const error = await failing(member.url);
    expect(error).toMatchObject({ problem: { code: 'certificate-changed' } });
    expect(error).toMatchObject({ problem: { message: expect.stringContaining(host) } });
    expect(await coordinator.heardInAll()).toBe('');
  });
});
