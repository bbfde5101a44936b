import { limits } from '../source/limits/limits.ts';
import { isRead } from '../source/xapi/access.ts';
import { lennyTemplate } from '../test/harness.ts';
import { afterTheKill, afterTheRerun, type Before } from './judge.ts';
import { inventory, refOf } from './look.ts';
import { type Case, seeded } from './series.ts';
import { type Attacked, attacked } from './world.ts';

/** A command that is killed, and what it is for. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
  /** What the host must look like before the command. */
  readonly prepare?: (attack: Attacked) => void;
  /** Names that must be there once, whole, after the command was run again. */
  readonly made?: readonly string[];
  /** VMs that must be armed, with their mark, after the command was run again. */
  readonly armed?: readonly string[];
  /** What else must be so then, of the VM or template of this name. */
  readonly goal?: readonly [name: string, reached: (vm: Readonly<Record<string, unknown>>) => boolean];
}

/** vm3 fired once and was recorded as installed: what an arming must not leave standing. */
function installed({ sim }: Attacked): void {
  const { database, clock } = sim.world;
  const ref = [...database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm3')?.[0] ?? '';
  const vm = String(database.get('VM', ref)['uuid']);
  const mark = { vm, run: '00000000', at: clock.now().toISOString(), by: 'root@jump' };
  database.setKey('VM', ref, 'other_config', 'xenfai:installed', JSON.stringify(mark));
}

const running = (attack: Attacked): void =>
  attack.sim.world.database.set('VM', refOf(attack, 'vm3'), 'power_state', 'Running');

const wordOf = (vm: Readonly<Record<string, unknown>>, key: string): unknown =>
  (vm['other_config'] as Record<string, unknown>)[key];

export const commands: readonly Command[] = [
  { name: 'create', args: ['create', 'k1', '--template', 'FAI', '--memory', '512M', '--vcpus', '2'], made: ['k1'] },
  { name: 'create-start', args: ['create', 'k1', '--template', 'FAI', '--start'], made: ['k1'] },
  { name: 'create-three', args: ['create', 'k[1-3]', '--template', 'FAI'], made: ['k1', 'k2', 'k3'] },
  { name: 'rearm', args: ['rearm', 'vm3', '--yes'], prepare: installed, armed: ['vm3'] },
  { name: 'rearm-snapshot', args: ['rearm', 'vm3', '--yes', '--snapshot'], prepare: installed, armed: ['vm3'] },
  {
    name: 'rearm-force',
    args: ['rearm', 'vm3', '--yes', '--force'],
    prepare: (attack) => {
      installed(attack);
      running(attack);
    },
    armed: ['vm3'],
  },
  {
    name: 'rearm-elsewhere',
    args: ['rearm', 'vm3', '--yes', '--repository', 'http://127.0.0.1:9/d', '--release', 'squeeze'],
    prepare: installed,
    armed: ['vm3'],
    goal: ['vm3', (vm) => wordOf(vm, 'debian-release') === 'squeeze'],
  },
  { name: 'repair', args: ['repair', 'vm4', '--yes', '--template', 'FAI'], armed: ['vm4'] },
  { name: 'template-copy', args: ['template', 'copy', lennyTemplate, 'T2'], made: ['T2'] },
  {
    name: 'template-set',
    args: ['template', 'set', 'FAI', '--release', 'squeeze', '--proxy', 'http://p:1'],
    goal: ['FAI', (vm) => wordOf(vm, 'debian-release') === 'squeeze' && wordOf(vm, 'install-proxy') === 'http://p:1'],
  },
  { name: 'start', args: ['start', 'vm1'], goal: ['vm1', (vm) => vm['power_state'] === 'Running'] },
  {
    name: 'stop-force',
    args: ['stop', 'vm3', '--yes', '--force'],
    prepare: running,
    goal: ['vm3', (vm) => vm['power_state'] === 'Halted'],
  },
];

const isWrite = (method: string): boolean => !isRead(method) && !method.startsWith('task.');

/** How many calls the command makes, and how many of them are writes. */
async function countCalls({ args, prepare }: Command): Promise<{ calls: number; writes: number }> {
  const attack = await attacked();
  try {
    prepare?.(attack);
    const count = { calls: 0, writes: 0 };
    attack.sim.world.intercept = (method) => {
      count.calls += 1;
      if (isWrite(method)) count.writes += 1;
      return undefined;
    };
    await attack.within(args);
    return count;
  } finally {
    await attack.stop();
  }
}

/** When the program is killed: at a write, not carried out or with its answer still to come, or some time after a call. */
type Moment =
  | { readonly write: number; readonly carriedOut: boolean }
  | { readonly call: number; readonly milliseconds: number };

/** What is done with what a kill left: the printed lines first, the command again first, or its claim expires first. */
type After = 'lines' | 'again' | 'expiry';

/** Starts the program and kills it; true when it did not end before. */
async function kill(attack: Attacked, { args }: Command, moment: Moment): Promise<boolean> {
  let now = (): void => {};
  let seen = 0;
  attack.sim.world.intercept = (method) => {
    const counts = 'call' in moment || isWrite(method);
    seen += counts ? 1 : 0;
    if (!counts || seen !== ('call' in moment ? moment.call : moment.write)) return undefined;
    if ('call' in moment) {
      setTimeout(now, moment.milliseconds);
      return undefined;
    }
    now();
    return moment.carriedOut ? 'drop' : 'lose';
  };
  const program = attack.begin(args);
  now = () => program.signal('SIGKILL');
  const { code } = await program.ended;
  attack.sim.world.intercept = null;
  await attack.settled();
  return code === null;
}

/** Kills the program once, looks at what the host holds, and runs the command again. Null: it had ended before. */
async function killed(command: Command, moment: Moment, after: After): Promise<readonly string[] | null> {
  const attack = await attacked();
  try {
    command.prepare?.(attack);
    const before: Before = { there: inventory(attack), command };
    if (!(await kill(attack, command, moment))) return null;
    return [
      ...(await afterTheKill(attack, before, after === 'lines', after === 'expiry' ? limits.claim.lease : null)),
      ...(await afterTheRerun(attack, before)),
    ];
  } finally {
    await attack.stop();
  }
}

/** Of each command, at random. */
const atRandom = 14;
/** Milliseconds: a client waits so long between two looks at a task. */
const longest = 120;

/** SIGKILL at every write of every command, before and after it was carried out, and at random. */
export async function killCases(seed: number, some: readonly Command[] = commands): Promise<Case[]> {
  const random = seeded(seed);
  const cases: Case[] = [];
  const add = (command: Command, moment: Moment, at: string): void => {
    const after = (['lines', 'again', 'expiry'] as const)[cases.length % 3] ?? 'lines';
    cases.push({ id: `${command.name}/${at}/${after}`, attack: () => killed(command, moment, after) });
  };
  const counts = await Promise.all(some.map(countCalls));
  for (const [i, command] of some.entries()) {
    const { calls, writes } = counts[i] ?? { calls: 0, writes: 0 };
    for (let write = 1; write <= writes; write += 1) {
      add(command, { write, carriedOut: false }, `before-${write}`);
      add(command, { write, carriedOut: true }, `after-${write}`);
    }
    for (let n = 0; n < atRandom; n += 1) {
      const call = 1 + Math.floor(random() * calls);
      const milliseconds = Math.floor(random() * longest);
      add(command, { call, milliseconds }, `call-${call}-and-${milliseconds}-ms`);
    }
  }
  return cases;
}
