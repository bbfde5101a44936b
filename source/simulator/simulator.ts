import type { Account } from './account.ts';
import { type Clock, realClock } from './clock.ts';
import { addColleague } from './colleague.ts';
import { Database } from './database.ts';
import { depotRoot, depotServer } from './depot/server.ts';
import { Events } from './events.ts';
import { type FaultyHost, faultyCalls, type PlannedFault, type RandomFaults } from './faults.ts';
import type { Guests } from './guest/guests.ts';
import { faiServer } from './guest/kernel-line.ts';
import { scriptedGuests } from './guest/scripted.ts';
import { type Connections, Counter, close, type Listening, listen, listenAs, type MemberDoor } from './members.ts';
import { noteFreeMemory } from './memory.ts';
import { startMonitor } from './monitor.ts';
import { type Member, poolOf } from './pool.ts';
import { populateVms } from './populate-vms.ts';
import { populateHost, populateTemplates } from './population.ts';
import { seededRandom } from './random.ts';
import { profileOf } from './releases/profile.ts';
import { suitesOf } from './releases/templates.ts';
import { forget, restartXapi } from './restart.ts';
import type { EmptyWorld, Quirk, World } from './world.ts';

export interface SimulatorOptions {
  /** One of `releases`; 5.6.0 unless another is named. */
  readonly release?: string;
  readonly port?: number;
  readonly repositoryPort?: number;
  /** Of the API by TLS, as stunnel in dom0 offers it; without it there is none. */
  readonly tlsPort?: number;
  /** Whose TLS it speaks; that of the release simulated unless another is named. */
  readonly tlsOf?: string;
  /** A PEM file with the key and certificate; made where it is not there yet. Without it each start makes new ones. */
  readonly keepCertificate?: string;
  readonly vms?: number;
  /** In one pool, each with its own loopback address: 127.0.0.1, 127.0.0.2 and so on, all with the same ports. */
  readonly hosts?: number;
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** How many times faster than life guests are. */
  readonly speed?: number;
  readonly quirks?: readonly Quirk[];
  readonly seed?: number;
  /** What goes wrong with which calls. */
  readonly faults?: readonly PlannedFault[];
  /** Faults at any call besides. */
  readonly randomFaults?: RandomFaults;
  readonly monitorPort?: number;
  readonly clock?: Clock;
  /** What boots the domains; guests that follow a script unless another is given. */
  readonly guests?: Guests;
  /** Somebody else is at work on the same host: see addColleague. */
  readonly colleague?: boolean;
  /** Milliseconds a refused login takes; five seconds on a real host. */
  readonly loginDelay?: number;
  /** Who may log in besides root. */
  readonly accounts?: readonly Account[];
}

/** A running simulator: where it is, how to log in, and the door for tests that want to break something. */
export interface Simulator {
  readonly host: string;
  readonly tlsHost: string | null;
  readonly username: string;
  readonly password: string;
  readonly repository: string;
  readonly monitorPort: number;
  readonly world: World;
  /** The hosts of the pool; the first one is its coordinator until another is promoted. */
  readonly members: readonly MemberDoor[];
  readonly connections: Connections;
  /** As pool-emergency-transition-to-master on it and pool-recover-slaves: its xapi starts anew as the coordinator's. */
  promote(member: MemberDoor): void;
  /** Whether a server of the simulated network listens there; null for addresses outside of it. */
  answers(host: string, port: number): boolean | null;
  /** As `service xapi restart` does it, at once: see restartXapi. */
  restart(): void;
  /** What faults do to the host. */
  readonly misery: FaultyHost;
  stop(): Promise<void>;
}

export const simulatorPassword = 'xenroot';

/** Starts a XenServer and its install repository on 127.0.0.1; port 0 takes any free one. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const random = seededRandom(options.seed ?? 1);
  const clock = options.clock ?? realClock(options.speed ?? 1);
  const profile = profileOf(options.release ?? '5.6.0');
  const database = new Database(profile.model, () => random.uuid());
  let xapi = new AbortController();
  const monitorPort = options.monitorPort ?? 4711;
  let domid = 0;
  const base: EmptyWorld = {
    profile,
    database,
    events: new Events(database, () => clock.now(), profile.has),
    clock,
    random,
    quirks: new Set(options.quirks ?? []),
    password: simulatorPassword,
    accounts: options.accounts ?? [],
    sessions: new Set(),
    disks: new Map(),
    domains: new Map(),
    consoles: new Map(),
    monitorPort,
    loginDelay: options.loginDelay ?? 5000,
    nextDomid: () => {
      domid += 1;
      return domid;
    },
    intercept: null,
    stopped: xapi.signal,
  };
  const site = populateHost(base, '127.0.0.1', options.vms ?? 0);
  const world: World = Object.assign(base, { host: site.host, guests: options.guests ?? scriptedGuests(base) });
  populateTemplates(world);
  const depot = depotServer(suitesOf(profile));
  const depotPort = await listen(depot, options.repositoryPort ?? 0);
  const counter = new Counter();
  const members = poolOf(world, site, options.hosts ?? 1);
  const listening = await listenForAll(world, members, counter, options);
  const repository = `http://127.0.0.1:${depotPort}${depotRoot}`;
  populateVms(world, site, options.vms ?? 0, repository);
  const sendHome = options.colleague ? addColleague(world, site, repository) : () => {};
  noteFreeMemory(world);
  const stopMonitor = startMonitor(world);
  const restart = (): void => {
    xapi.abort(new Error('xapi restarts'));
    xapi = new AbortController();
    for (const one of listening) one.cut();
    restartXapi(world, xapi.signal);
  };
  const promote = ({ host }: Member): void => {
    for (const pool of database.all('pool').keys()) database.set('pool', pool, 'master', host);
    world.host = host;
    restart();
  };
  const move = (): void => {
    const at = members.findIndex(({ host }) => host === world.host);
    promote(members[(at + 1) % members.length] ?? members[0]);
  };
  const misery: FaultyHost = { restart, move, forget: (what) => forget(world, what) };
  const { faults = [], randomFaults = null } = options;
  if (faults.length > 0 || randomFaults !== null) world.intercept = faultyCalls(faults, randomFaults, misery);
  return {
    host: listening[0].door.url,
    tlsHost: listening[0].door.tlsUrl,
    username: 'root',
    password: simulatorPassword,
    repository,
    monitorPort,
    world,
    members: listening.map(({ door }) => door),
    connections: counter,
    promote({ address }) {
      const member = members.find((one) => one.address === address);
      if (member !== undefined) promote(member);
    },
    misery,
    answers: (host, port) => (host === faiServer ? port === 2049 || port === 111 : null),
    restart,
    async stop() {
      sendHome();
      stopMonitor();
      xapi.abort();
      for (const domain of world.domains.values()) domain.stop();
      world.domains.clear();
      world.events.stop();
      await Promise.all([close(depot), ...listening.map((one) => one.stop())]);
    },
  };
}

/** Times that other free ports are looked for. */
const tries = 5;

/** The first host has what `--keep-certificate` names; the others make theirs at each start. */
async function listenForAll(
  world: World,
  members: readonly Member[],
  counter: Counter,
  options: SimulatorOptions,
  left = tries,
): Promise<[Listening, ...Listening[]]> {
  const { port = 0, tlsPort, tlsOf = world.profile.release, keepCertificate, latency = 0 } = options;
  // What makes certificates is read by nobody else.
  const tls = tlsPort === undefined ? null : await import('./tls.ts');
  const listening: Listening[] = [];
  try {
    for (const at of members) {
      const [first] = listening;
      const server = tls?.tlsServer(world, latency, {
        release: tlsOf,
        keep: first ? undefined : keepCertificate,
        at,
      });
      const portLike = (url: string | null | undefined, wanted: number) => (url ? Number(new URL(url).port) : wanted);
      const own = {
        port: portLike(first?.door.url, port),
        tls: server === undefined ? null : { server, port: portLike(first?.door.tlsUrl, tlsPort ?? 0) },
      };
      listening.push(await listenAs(world, at, { ...own, latency, counter }));
    }
  } catch (error) {
    await Promise.all(listening.map((one) => one.stop()));
    // What is free at one address need not be at the next.
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken || port !== 0 || (tlsPort ?? 0) !== 0 || left === 0) throw error;
    return listenForAll(world, members, counter, options, left - 1);
  }
  const [first, ...others] = listening;
  if (first === undefined) throw new Error('a pool has a host');
  return [first, ...others];
}
