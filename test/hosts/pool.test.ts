import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Host, openHost } from '../../source/hosts/host.ts';
import { agreed, TrustNeeded } from '../../source/hosts/trust.ts';
import { agreementOf, type KnownHost } from '../../source/settings/known-host.ts';
import type { MemberDoor } from '../../source/simulator/members.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { networkOf } from '../../source/transport/network.ts';
import type { FleetEvent } from '../../source/watch/fleet.ts';
import { followInventory } from '../../source/watch/inventory.ts';
import { nothing, refs } from '../../source/xapi/records.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { simulator, until } from '../harness.ts';

// A pool whose coordinator is another one than was named, goes, and comes back as something else.

let sim: Simulator;
const known = new Map<string, KnownHost>();
const hosts: Host[] = [];
beforeEach(async () => {
  known.clear();
  sim = await simulator({ vms: 1, hosts: 3, tlsPort: 0, tlsOf: '7.6.0' });
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  await sim.stop();
});

const member = (index: number): MemberDoor => {
  const one = sim.members[index];
  if (one === undefined) throw new Error(`there is no host ${index}`);
  return one;
};
const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

const network = networkOf([], async (authority) => {
  const host = known.get(authority);
  return host === undefined ? null : agreementOf(host);
});

async function open(url: string, members?: readonly string[]): Promise<Host> {
  const host = await openHost({
    url: new URL(url),
    user: sim.username,
    password: new Secret(sim.password),
    members,
    timeout: 5000,
    access: 'write',
    transport: network,
    now: Date.now,
  });
  hosts.push(host);
  return host;
}
const failing = (url: string, members?: readonly string[]): Promise<unknown> =>
  open(url, members).then(
    () => 'no failure',
    (error: unknown) => error,
  );
const names = (host: Host) => host.session.call('VM.get_all', [], refs);
const aVm = () => [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm1')?.[0] ?? '';
const rename = (host: Host, name: string) => host.session.call('VM.set_name_label', [aVm(), name], nothing);

describe('in the middle of a session', () => {
  /** The pool has changed hands, and nobody was cut off. */
  const handOver = (): void => {
    const [pool = ''] = sim.world.database.all('pool').keys();
    const [, heir = ''] = sim.world.database.all('host').keys();
    sim.world.database.set('pool', pool, 'master', heir);
  };

  test('the old coordinator sends on to another one: a write is carried out once, there', async () => {
    const host = await open(member(0).url);
    const methods: string[] = [];
    handOver();
    sim.world.intercept = (method) => {
      methods.push(method);
      return undefined;
    };
    await rename(host, 'renamed');
    expect(host.address).toBe(member(1).url);
    expect(methods.filter((method) => method !== 'session.logout')).toEqual([
      'session.login_with_password',
      'VM.set_name_label',
    ]);
    expect([...sim.world.database.all('VM').values()].filter((vm) => vm['name_label'] === 'renamed')).toHaveLength(1);
  });

  test('its xapi was restarted and knows no session: the new login is sent on as well', async () => {
    const host = await open(member(0).url);
    sim.promote(member(1));
    expect(await names(host)).not.toEqual([]);
    expect(host.address).toBe(member(1).url);
    await rename(host, 'renamed');
  });

  test('it is sent on for an event, too, which then wants a new registration', async () => {
    const host = await open(member(0).url);
    await host.session.call('event.register', [['vm']], nothing);
    handOver();
    const error = await host.session.call('event.next', [], nothing).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'SESSION_NOT_REGISTERED' });
    expect(host.address).toBe(member(1).url);
  });

  test('the coordinator dies, and another is promoted: a read finds it by the hosts that are known', async () => {
    const host = await open(member(0).url);
    await host.facts();
    await member(0).down();
    sim.promote(member(2));
    expect(await names(host)).not.toEqual([]);
    expect(host.address).toBe(member(2).url);
  });

  test('and it is waited for, while the others still send on to the dead one, or are in emergency mode', async () => {
    const host = await open(member(0).url);
    await host.facts();
    await member(0).down();
    member(1).trouble('HOST_IN_EMERGENCY_MODE');
    const asked = names({ ...host, session: host.session.within({ patience: 20_000 }) });
    let refused = 0;
    sim.world.intercept = () => undefined;
    const promoted = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        refused += 1;
        if (refused < 20) return;
        clearInterval(look);
        member(1).trouble(null);
        sim.promote(member(1));
        resolve();
      }, 25);
    });
    await promoted;
    expect(await asked).not.toEqual([]);
    expect(host.address).toBe(member(1).url);
  });

  test('a write is not sent to anybody else when its host is away', async () => {
    const host = await open(member(0).url);
    await host.facts();
    await member(0).down();
    sim.promote(member(1));
    await expect(rename(host, 'x')).rejects.toMatchObject({ kind: expect.stringMatching(/unreachable|cut/) });
    expect([...sim.world.database.all('VM').values()].filter((vm) => vm['name_label'] === 'x')).toEqual([]);
  });

  test('nobody is promoted: what is told is that the coordinator is away', async () => {
    const host = await open(member(0).url);
    await host.facts();
    await member(0).down();
    const error = await names({ ...host, session: host.session.within({ patience: 300 }) }).catch((e: unknown) => e);
    expect(host.explain(error)).toMatchObject({ code: 'unreachable', message: `Cannot reach ${member(0).url}.` });
  });
});

describe('at the beginning', () => {
  test('a slave sends on', async () => {
    expect((await open(member(2).url)).address).toBe(member(0).url);
  });

  test('the coordinator that was named is dead: the hosts that are known from before are asked', async () => {
    await member(0).down();
    sim.promote(member(1));
    expect((await open(member(0).url, addresses)).address).toBe(member(1).url);
    expect(await failing(member(0).url)).toMatchObject({ problem: { code: 'unreachable' } });
  });

  test.each([
    ['HOST_STILL_BOOTING', 'booting'],
    ['HOST_IN_EMERGENCY_MODE', 'host-in-emergency-mode'],
    ['HOST_UNKNOWN_TO_MASTER', 'host-unknown-to-master'],
    ['HA_HOST_CANNOT_ACCESS_STATEFILE', 'ha-host-cannot-access-statefile'],
  ])('%s is told in words, with exit 3', async (code, told) => {
    member(0).trouble(code);
    expect(await failing(member(0).url)).toMatchObject({ problem: { code: told, exit: 3, host: { code } } });
  });

  test('two that send on to each other are not asked for ever', async () => {
    sim.promote(member(1));
    await member(1).down();
    const error = await failing(member(0).url, addresses);
    expect(error).toMatchObject({ problem: { code: 'unreachable', message: `Cannot reach ${member(1).url}.` } });
  });
});

describe('each host is trusted for itself', () => {
  const tls = (index: number): string => member(index).tlsUrl ?? '';
  async function agreeTo(url: string): Promise<void> {
    const error = await failing(url);
    if (!(error instanceof TrustNeeded)) throw error;
    const host = agreed(error.offer, new Date());
    known.set(host.host, host);
  }

  test('a new coordinator is not, in the middle of a session, and says how to', async () => {
    await agreeTo(tls(0));
    const host = await open(tls(0));
    sim.promote(member(1));
    const error = await names(host).catch((e: unknown) => e);
    const { host: authority } = new URL(tls(1));
    expect(host.explain(error)).toMatchObject({
      code: 'certificate-not-trusted',
      exit: 5,
      try: expect.arrayContaining([expect.objectContaining({ act: 'trust', host: authority })]),
    });
    const shown = host.explain(error).try?.find((advice) => typeof advice === 'object' && 'act' in advice);
    if (typeof shown !== 'object' || !('act' in shown) || shown.act !== 'trust') throw new Error('no line to paste');
    known.set(authority, { host: authority, fingerprint: shown.fingerprint ?? '', legacyTls: false, since: '' });
    expect(await names(host)).not.toEqual([]);
    expect(host.address).toBe(tls(1));
  });

  test('a dead one’s heir that nobody has agreed to is named beside it', async () => {
    await agreeTo(tls(0));
    await member(0).down();
    sim.promote(member(1));
    const error = await failing(tls(0), addresses);
    const { host: authority } = new URL(tls(1));
    expect(error).toMatchObject({
      problem: {
        code: 'unreachable',
        message: `Cannot reach ${tls(0)}.`,
        try: expect.arrayContaining([expect.objectContaining({ act: 'trust', host: authority })]),
      },
    });
  });

  test('a guess that is not trusted does not keep the others from being asked', async () => {
    sim.promote(member(2));
    await agreeTo(tls(2));
    await member(0).down();
    expect((await open(tls(0), addresses)).address).toBe(tls(2));
  });
});

describe('a fleet that is followed', () => {
  async function follow(host: Host) {
    const stop = new AbortController();
    const told: FleetEvent[] = [];
    let impatience = new AbortController();
    const ended = followInventory(host, {
      signal: stop.signal,
      tell: (events) => told.push(...events),
      hurry: () => impatience.signal,
    });
    await until(() => told.some(({ type }) => type === 'all'));
    return {
      told,
      hurry: () => {
        impatience.abort();
        impatience = new AbortController();
      },
      async end() {
        stop.abort();
        await ended;
      },
    };
  }

  test('goes on with the new coordinator, when its host is dead', async () => {
    const host = await open(member(0).url);
    const fleet = await follow(host);
    fleet.told.length = 0;
    await member(0).down();
    sim.promote(member(1));
    await until(() => fleet.hurry() ?? fleet.told.some(({ type }) => type === 'all'));
    expect(host.address).toBe(member(1).url);
    await fleet.end();
  });

  test('offers the certificate of one that nobody has agreed to, and goes on when somebody has', async () => {
    const tls = (index: number): string => member(index).tlsUrl ?? '';
    const error = await failing(tls(0));
    if (!(error instanceof TrustNeeded)) throw error;
    const first = agreed(error.offer, new Date());
    known.set(first.host, first);
    const host = await open(tls(0));
    const fleet = await follow(host);
    fleet.told.length = 0;
    await member(0).down();
    sim.promote(member(1));
    const offers = () => fleet.told.flatMap((event) => (event.type === 'lost' ? (event.offer ?? []) : []));
    const offer = await until(() => fleet.hurry() ?? offers()[0]);
    expect(offer.presented.authority).toBe(new URL(tls(1)).host);
    const heir = agreed(offer, new Date());
    known.set(heir.host, heir);
    await until(() => fleet.hurry() ?? fleet.told.some(({ type }) => type === 'all'));
    expect(host.address).toBe(tls(1));
    await fleet.end();
  }, 60_000);
});

describe('a pool of hosts that know only old TLS, as those of 5.6 to 6.2 do', () => {
  const tls = (index: number): string => old.members[index]?.tlsUrl ?? '';
  let old: Simulator;
  beforeEach(async () => {
    await sim.stop();
    old = await simulator({ vms: 1, hosts: 3, tlsPort: 0 });
    sim = old;
    const error = await failing(tls(0));
    if (!(error instanceof TrustNeeded)) throw error;
    const first = agreed(error.offer, new Date());
    known.set(first.host, first);
  });

  test('is trusted host by host; the heir of a dead one is offered with what it shows', async () => {
    const host = await open(tls(0));
    await host.facts();
    await old.members[0]?.down();
    const heir = old.members[1];
    if (heir !== undefined) old.promote(heir);
    const { signal } = new AbortController();
    const error = await host.session.renew(signal).catch((e: unknown) => e);
    const { host: authority } = new URL(tls(1));
    expect(host.explain(error)).toMatchObject({
      code: 'unreachable',
      try: expect.arrayContaining([expect.objectContaining({ act: 'trust', host: authority, legacyTls: true })]),
    });
    const offer = await host.offerOf(error, signal);
    expect(offer).toMatchObject({ legacyTls: true, presented: { authority, protocol: 'TLSv1' } });
    if (offer === null) throw new Error('nothing is offered');
    known.set(authority, agreed(offer, new Date()));
    await host.session.renew(signal);
    expect(host.address).toBe(tls(1));
  });
});
