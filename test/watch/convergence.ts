import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { type Host, openHost } from '../../source/hosts/host.ts';
import { isMachine } from '../../source/hosts/vm.ts';
import type { Clock } from '../../source/simulator/clock.ts';
import { type FaultKind, faultKinds, inflict } from '../../source/simulator/faults.ts';
import { type Random, seededRandom } from '../../source/simulator/random.ts';
import { type Simulator, startSimulator } from '../../source/simulator/simulator.ts';
import type { Transport } from '../../source/transport/transport.ts';
import { FleetFold } from '../../source/watch/fleet.ts';
import { followInventory } from '../../source/watch/inventory.ts';
import { vmTable } from '../../source/xapi/records.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { inProcess, Line } from '../in-process.ts';
import { type VirtualTime, virtualTime } from '../virtual-time.ts';

// A client follows a host on which a colleague is at work, over a line that fails in all ways there are. When all is
// well again, the client knows what the host knows.

/** What does not hold. */
export type Losses = readonly string[];

export interface Run {
  readonly seed: number;
  readonly release: string;
  /** What happened, to be read when it did not hold. */
  readonly story: readonly string[];
  readonly losses: Losses;
}

const second = 1000;
/** After this no pause and no deadline of the client is left. */
const longEnough = 300 * second;

export async function converges(seed: number, release: string): Promise<Run> {
  const random = seededRandom(seed);
  const time = virtualTime();
  const story: string[] = [];
  const began = Date.UTC(2026, 4, 1);
  const clock: Clock = {
    now: () => new Date(began + time.now()),
    afterGuestTime: (milliseconds, action) => {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
  };
  const sim = await startSimulator({ vms: 3, hosts: 2, release, clock, monitorPort: 1, loginDelay: 0, seed });
  try {
    return { seed, release, story, losses: await followed({ sim, time, clock, random, story }) };
  } finally {
    await sim.stop();
    time.end();
  }
}

interface World {
  readonly sim: Simulator;
  readonly time: VirtualTime;
  readonly clock: Clock;
  readonly random: Random;
  readonly story: string[];
}

const readerOf = (sim: Simulator, transport: Transport, now: () => number): Promise<Host> =>
  openHost({
    url: new URL(sim.host),
    user: sim.username,
    password: new Secret(sim.password),
    timeout: 10 * second,
    access: 'read',
    transport,
    now,
  });

async function followed({ sim, time, clock, random, story }: World): Promise<Losses> {
  fewTemplates(sim);
  const line = new Line();
  const now = (): number => clock.now().getTime();
  const host = await readerOf(sim, inProcess(sim, line), now);
  const { rules } = await host.facts();
  const fold = new FleetFold(rules);
  const life = new AbortController();
  let thrown: unknown = null;
  const following = followInventory(host, {
    signal: life.signal,
    tell: (events) => {
      for (const event of events) fold.fold(event, now());
    },
    random: random.next,
  }).catch((error: unknown) => {
    thrown = error;
  });
  const told = (text: string): void => void story.push(`${(time.now() / second).toFixed(1)} s: ${text}`);
  const trouble = new Trouble(sim, random, told);
  trouble.busy = Math.floor(random.next() * 8);
  for (let left = 4 + Math.floor(random.next() * 16); left > 0; left -= 1) {
    const act = random.next();
    if (act < 0.3) told(change(sim, random));
    else if (act < 0.6) trouble.brew();
    else if (act < 0.85) {
      told('the connections are cut');
      line.cut();
    } else {
      line.state = random.next() < 0.5 ? 'dead' : 'refused';
      told(`the line is ${line.state}`);
    }
    if (random.next() < 0.4) trouble.busy = Math.floor(random.next() * 16);
    await time.pass(pauseOf(random));
    if (random.next() < 0.5) line.state = 'up';
  }
  line.state = 'up';
  sim.world.intercept = null;
  await time.pass(longEnough);
  const losses = compared(sim, fold, await truth(sim));
  if (thrown !== null) losses.push(`it is not followed any more: ${thrown}`);
  if (fold.snapshot().lost !== null) losses.push('the host still counts as silent');
  life.abort();
  await following;
  await host.close();
  return losses;
}

/** The others would be read, and be of no interest, thousands of times. */
function fewTemplates({ world: { database } }: Simulator): void {
  const templates = [...database.all('VM')].filter(([, { is_a_template }]) => is_a_template === true);
  for (const [vm] of templates.slice(3)) database.destroy('VM', vm);
}

/** Often no time at all, seldom more than a try takes. */
const pauseOf = (random: Random): number => Math.floor(random.next() ** 4 * 90 * second);

const pick = <T>(random: Random, items: readonly T[]): T | undefined =>
  items[Math.floor(random.next() * items.length)];

const actions = [
  ...['make', 'make', 'make', 'remove', 'remove', 'remove'],
  ...['name', 'power', 'key', 'template', 'mac', 'plug', 'unplug', 'start', 'many'],
] as const;

/** The colleague does something. */
function change({ world: { database } }: Simulator, random: Random): string {
  const vms = [...database.all('VM')].filter(([, record]) => record['is_control_domain'] !== true);
  // What was made last, as often as not: what comes and goes soon is what is overlooked.
  const [vm = '', record = {}] = (random.next() < 0.5 ? vms.at(-1) : pick(random, vms)) ?? [];
  const name = String(record['name_label']);
  const word = random.uuid().slice(0, 8);
  switch (vms.length < 2 ? 'make' : pick(random, actions)) {
    case 'make': {
      const { uuid: _, VBDs: __, VIFs: ___, metrics: ____, ...rest } = record;
      const made = database.create('VM', { ...rest, name_label: word });
      if (random.next() < 0.5)
        database.create('VIF', { VM: made, device: '0', MAC: `00:16:3E:${word.slice(0, 2)}:01:02` });
      if (random.next() < 0.3) database.destroy('VM', made);
      return `makes ${word}`;
    }
    case 'remove':
      database.destroy('VM', vm);
      return `removes ${name}`;
    case 'name':
      database.set('VM', vm, 'name_label', word);
      return `calls ${name} ${word}`;
    case 'power':
      database.set('VM', vm, 'power_state', record['power_state'] === 'Halted' ? 'Running' : 'Halted');
      return `switches ${name}`;
    case 'key':
      database.setKey('VM', vm, 'other_config', 'note', word);
      return `marks ${name}`;
    case 'template':
      database.set('VM', vm, 'is_a_template', record['is_a_template'] !== true);
      return `makes ${name} a template, or a VM of it`;
    case 'mac': {
      const [vif] = [...database.all('VIF')].find(([, { VM }]) => VM === vm) ?? [];
      if (vif !== undefined) database.set('VIF', vif, 'MAC', `00:16:3e:${word.slice(0, 2)}:03:04`);
      return `another card for ${name}`;
    }
    case 'plug':
      if ([...database.all('VIF').values()].every(({ VM }) => VM !== vm))
        database.create('VIF', { VM: vm, device: '0', MAC: `00:16:3E:${word.slice(0, 2)}:05:06` });
      return `plugs a card into ${name}`;
    case 'unplug': {
      const cards = [...database.all('VIF')].filter(([, { VM }]) => VM === vm);
      if (cards.length > 0) database.destroy('VIF', pick(random, cards)?.[0] ?? '');
      return `unplugs a card of ${name}`;
    }
    case 'start':
      for (const [metrics] of database.all('VM_metrics'))
        if (metrics === record['metrics']) database.set('VM_metrics', metrics, 'start_time', '20260501T10:00:00Z');
      return `another domain for ${name}`;
    default:
      if (random.next() > 0.1) return 'looks';
      for (let i = 0; i < 600; i += 1) database.set('VM', vm, 'name_description', String(i));
      return `writes 600 times to ${name}`;
  }
}

const kinds = Object.keys(faultKinds) as readonly FaultKind[];

/** What the next calls meet: a colleague who is at work while they are on their way, and faults. */
class Trouble {
  /** Calls at which the colleague does something, before they are carried out. */
  busy = 0;
  private readonly sim: Simulator;
  private readonly random: Random;
  private readonly told: (text: string) => void;

  constructor(sim: Simulator, random: Random, told: (text: string) => void) {
    this.sim = sim;
    this.random = random;
    this.told = told;
    sim.world.intercept = (method) => this.meddle(method, undefined);
  }

  /** One of the next calls goes wrong, or several. */
  brew(): void {
    const { random, sim } = this;
    const kind = pick(random, kinds) ?? 'lose';
    let before = Math.floor(random.next() * 4);
    let left = 1 + Math.floor(random.next() ** 3 * 5);
    const wait = Math.floor(random.next() * 20 * second);
    this.told(`${kind} after ${before} calls, ${left} times`);
    sim.world.intercept = (method) => {
      before -= 1;
      if (before >= 0 || left <= 0 || method === 'session.logout') return this.meddle(method, undefined);
      left -= 1;
      return this.meddle(method, inflict({ kind, wait }, sim.misery));
    };
    // Those that wait for events are hit at once.
    if (kind === 'restart' && random.next() < 0.5) sim.restart();
  }

  private meddle<T>(method: string, instead: T): T {
    this.busy -= 1;
    if (this.busy >= 0)
      for (let some = this.random.next() * 3; some > 0; some -= 1)
        this.told(`${change(this.sim, this.random)}, while ${method} is on its way`);
    return instead;
  }
}

interface Seen {
  readonly record: unknown;
  readonly mac: string;
}

/** What a client sees that comes now, over a line that is well. */
async function truth(sim: Simulator): Promise<ReadonlyMap<string, Seen>> {
  const host = await readerOf(sim, inProcess(sim), () => 0);
  const vms = await host.session.call('VM.get_all_records', [], vmTable);
  const vifs = await host.session.call(
    'VIF.get_all_records',
    [],
    z.record(z.string(), z.record(z.string(), z.any())),
  );
  await host.close();
  const macOf = (vm: string): string => {
    const vif = Object.values(vifs).find(({ VM, device }) => VM === vm && device === '0');
    return String(vif?.['MAC'] ?? '').toLowerCase();
  };
  return new Map(
    Object.entries(vms)
      .filter(([, record]) => isMachine(record))
      .map(([vm, record]) => [vm, { record, mac: macOf(vm) }]),
  );
}

function compared(sim: Simulator, fold: FleetFold, there: ReadonlyMap<string, Seen>): string[] {
  const known = new Map<string, Seen>(
    [...fold.snapshot().byRef].map(
      ([
        vm,
        {
          vm: { record },
          mac,
        },
      ]) => [vm, { record, mac }],
    ),
  );
  const nameOf = (vm: string): string => String(sim.world.database.find('VM', vm)?.['name_label'] ?? vm);
  const losses: string[] = [];
  for (const [vm, seen] of there) {
    const own = known.get(vm);
    if (own === undefined) losses.push(`${nameOf(vm)} is not known`);
    else if (!isDeepStrictEqual(own.record, seen.record)) losses.push(`${nameOf(vm)} is known as it was`);
    else if (own.mac !== seen.mac) losses.push(`the MAC of ${nameOf(vm)} is ${seen.mac}, not ${own.mac}`);
  }
  for (const vm of known.keys()) if (!there.has(vm)) losses.push(`${nameOf(vm)} is gone`);
  return losses;
}
