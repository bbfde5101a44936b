import { afterEach, describe, expect, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { isRead } from '../../source/xapi/access.ts';
import { simulator, until, xenfai } from '../harness.ts';
import { disagreements, type Held, held } from '../operations/agreement.ts';
import { openMounted } from './mounted.tsx';
import { openProgram, type Program } from './program.ts';
import { type Walk, walks } from './walks.ts';

// The screen's door: every message that writes is broken once, in each way, while the screen is at work. At the end of
// each, what the screen says agrees with the host, and is what the command line says of the same fault.

/** What happens at a write. */
type How = keyof typeof ways;
const ways = {
  /** Refused by the host. */
  error: () => new ApiError('INTERNAL_ERROR', 'broken by the test'),
  /** Carried out, and the answer lost. */
  drop: () => 'drop' as const,
  /** Lost before it was carried out. */
  lose: () => 'lose' as const,
  /** xapi restarts with the call in it. */
  restart(sim: Simulator) {
    sim.restart();
    return 'drop' as const;
  },
  /** Ctrl-C while the call is held. */
  async interrupt(_: Simulator, stop: () => Promise<void>) {
    await stop();
    return undefined;
  },
} satisfies Record<string, (sim: Simulator, stop: () => Promise<void>) => unknown>;

/** Breaks the n-th write; `on`: and all that come after it. */
function breakWrite(sim: Simulator, n: number, how: How, stop: () => Promise<void>, on = false): string[] {
  const writes: string[] = [];
  sim.world.intercept = (method) => {
    if (isRead(method)) return undefined;
    writes.push(method);
    return writes.length === n || (on && writes.length > n) ? ways[how](sim, stop) : undefined;
  };
  return writes;
}

interface Place {
  readonly sim: Simulator;
  readonly before: Held;
}

let places: Place[] = [];
let program: Program | null = null;

async function begin(walk: Walk): Promise<Place> {
  const sim = await simulator({ vms: 3, speed: walk.speed ?? 1000 });
  await walk.prepare(sim);
  const place = { sim, before: held(sim) };
  places.push(place);
  return place;
}

async function end(): Promise<void> {
  await program?.close();
  program = null;
  await Promise.all(places.map(({ sim }) => sim.stop()));
  places = [];
}
afterEach(end);

/** What somebody at the screen is told, of a fault and on leaving. */
interface Told {
  readonly ok: boolean;
  readonly line: string;
  readonly problem: string | null;
}

const hostless = (text: string): string => text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'HOST');
const uuidless = (text: string): string => text.replaceAll(/ {2}[0-9a-f-]{36}/g, '');

function toldBy(name: string, walk: Walk, before: AppState, { plan, template, configure, shared }: AppState): Told {
  const work = name.startsWith('template') ? name : (plan.job?.request.work ?? '');
  const [first = '', ...more] = shared.history.slice(before.shared.history.length);
  const problem = plan.job?.problem ?? plan.job?.results[0]?.problem ?? template.problem ?? configure.problem;
  expect(first.startsWith(`${work} ${walk.said.name}: `), `told: ${first}`).toBe(true);
  // What was left behind is on stderr of the other.
  const also = more.filter((text) => !text.startsWith('  left behind: '));
  const line = [first.slice(work.length + 1), ...also].join('\n');
  return { ok: problem === null, line: uuidless(line), problem: problem && hostless(problem.message) };
}

/** The same fault through the other door. */
async function toldByCommand(sim: Simulator, args: readonly string[], n: number, how: How, on: boolean) {
  const controller = new AbortController();
  const stop = async () => controller.abort(new DOMException('Interrupted', 'AbortError'));
  const writes = breakWrite(sim, n, how, stop, on);
  const ran = await xenfai(sim, args, { signal: controller.signal });
  sim.world.intercept = null;
  const problem = /^xenfai: (.*)/.exec(ran.err)?.[1];
  const told: Told = {
    ok: ran.code === 0,
    line: uuidless(ran.out),
    problem: problem === undefined ? null : hostless(problem),
  };
  return { told, writes };
}

/**
 * While the host is silent the screen does nothing with it; and that a host has restarted is noticed some time after.
 * So something is changed there, and waited for.
 */
async function hearing({ world }: Simulator, screen: Program): Promise<void> {
  const { host, fleet } = screen.state().shared;
  if (host === null) return;
  const [vm = ''] = [...world.database.all('VM')].find(([, record]) => record['name_label'] === 'vm2') ?? [];
  world.database.set('VM', vm, 'user_version', Number(world.database.get('VM', vm)['user_version']) + 1);
  await screen.comes(({ shared }) => shared.fleet.lost === null && shared.fleet.version > fleet.version);
}

/** One fault at the screen. */
async function atScreen(name: string, walk: Walk, at: Place, screen: Program, n: number, how: How, on = false) {
  await hearing(at.sim, screen);
  await walk.lead(screen);
  const stop = async () => {
    await screen.press('ctrl-c');
    await screen.comes(({ shared }) => shared.stopping);
  };
  const writes = breakWrite(at.sim, n, how, stop, on);
  const before = screen.state();
  let begun = false;
  const over = screen.comes((state) => {
    begun ||= !walk.ended(state);
    return begun && walk.ended(state);
  });
  await screen.press(walk.key);
  await over;
  at.sim.world.intercept = null;
  const told = toldBy(name, walk, before, screen.state());
  const remains = /not all of it could be taken back/.test(told.line);
  const found = disagreements(at.sim, at.before, { ...walk.said, ok: told.ok, remains });
  // What is left is on the screen instead: see unnamed.
  return { told, writes, found: remains ? found.filter((text) => text !== 'a claim is left') : found, remains };
}

/** What is left on the host and is named nowhere on the screen, or is there otherwise than named. */
function unnamed({ world }: Simulator, screen: Program, name: string): string[] {
  // Where a line ends is the width's business.
  const shown = screen.screen().replaceAll(/\s+/g, ' ');
  const halves = [...world.database.all('VM').values()].filter((vm) => / xenfai:/.test(String(vm['name_label'])));
  const runs = [...world.database.all('VM').values()].some(
    (vm) => vm['name_label'] === name && vm['power_state'] === 'Running',
  );
  const claims = [...world.database.all('pool').values()].filter((pool) =>
    /xenfai:claim:/.test(JSON.stringify(pool['other_config'])),
  );
  return [
    ...halves.filter((vm) => !shown.includes(String(vm['uuid']))).map((vm) => `${vm['name_label']} is not named`),
    ...claims.filter(() => !shown.includes('claim the name')).map(() => 'the claim is not named'),
    ...(shown.includes('it was shut down') && runs ? [`${name} is said to be shut down, and runs`] : []),
    ...(shown.includes('Left behind') ? [] : ['nothing is said to be left']),
  ];
}

/** Every write of a walk, one after the other; the number of faults. */
async function everyWrite(name: string, how: How, on = false): Promise<number> {
  const walk = walks[name] ?? expect.fail('no such walk');
  let screenAt = await begin(walk);
  let lineAt = await begin(walk);
  for (let n = 1; ; n += 1) {
    program ??= await openProgram(screenAt.sim, walk);
    const screen = await atScreen(name, walk, screenAt, program, n, how, on);
    const { repository } = lineAt.sim;
    const args = walk.line(program.state()).map((word) => word.replace(screenAt.sim.repository, repository));
    const line = await toldByCommand(lineAt.sim, args, n, how, on);
    const found = [...screen.found, ...(screen.remains ? unnamed(screenAt.sim, program, walk.said.name) : [])];
    expect({ n, at: screen.writes[n - 1], found }).toEqual({ n, at: screen.writes[n - 1], found: [] });
    expect({ n, told: screen.told }).toEqual({ n, told: line.told });
    // How often a guest is asked to shut down depends on how soon it does; and which of the writes that go side by side is
    // the n-th, and done once more, is chance.
    if (!/stop|running/.test(name) && screen.writes[n - 1] === line.writes[n - 1])
      expect({ n, writes: [...screen.writes].sort() }).toEqual({ n, writes: [...line.writes].sort() });
    if (screen.writes.length < n) {
      expect(screen.told.ok).toBe(true);
      return n - 1;
    }
    if (walk.reset === undefined || screen.remains) {
      await end();
      screenAt = await begin(walk);
      lineAt = await begin(walk);
      continue;
    }
    for (const { sim, before } of [screenAt, lineAt]) {
      walk.reset(sim);
      expect(held(sim)).toEqual(before);
    }
  }
}

const names = Object.keys(walks);

describe.each(names)('%s at the screen with a write broken', (name) => {
  test.each(['error', 'drop', 'lose', 'interrupt'] as const)(
    'by %s: what it says agrees with the host',
    async (how) => {
      expect(await everyWrite(name, how)).toBeGreaterThan(0);
    },
  );

  test('by the host refusing all that follows: what is left is named', async () => {
    expect(await everyWrite(name, 'error', true)).toBeGreaterThan(0);
  });
});

test.each(['create', 'rearm', 'rearm of a running VM'])(
  '%s at the screen while xapi restarts, at each write: what it says agrees with the host',
  async (name) => {
    expect(await everyWrite(name, 'restart')).toBeGreaterThan(4);
  },
);

// The same through Ink: its keys, and what it draws.
test.each([...names.map((name) => [name, 'error'] as const), ['create', 'interrupt'] as const])(
  '%s at the mounted screen with its first write broken by %s',
  async (name, how) => {
    const walk = walks[name] ?? expect.fail('no such walk');
    const at = await begin(walk);
    program = await openMounted(at.sim, walk);
    const { told, found } = await atScreen(name, walk, at, program, 1, how);
    expect(found).toEqual([]);
    const shown = [told.line.replace(/^.*?: /, ''), told.problem?.slice(0, 20) ?? ''];
    await until(() => shown.every((text) => program?.screen().includes(text)));
  },
);
