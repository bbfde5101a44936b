import { isRead } from '../source/xapi/access.ts';
import { goodArgs, lennyTemplate } from '../test/harness.ts';
import { disagreements, held, type Said } from '../test/operations/agreement.ts';
import { called, refOf } from './look.ts';
import type { Case } from './series.ts';
import { type Attacked, attacked } from './world.ts';

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  /** What the host must look like before the command. */
  readonly prepare?: (attack: Attacked) => Promise<void> | void;
  /** What it makes or changes, for the judge. */
  readonly said?: Omit<Said, 'ok'>;
  /** Its power in the end, of what has no other trace. */
  readonly power?: readonly [name: string, state: string];
}

const powered = (attack: Attacked, name: string): unknown => called(attack, name)[0]?.['power_state'];

const running = async (attack: Attacked): Promise<void> => {
  await attack.within(['start', 'vm3', '--force']);
};

const commands: readonly Command[] = [
  { name: 'create', args: ['create', 'k1', '--template', 'FAI'], said: { name: 'k1', wanted: 'armed' } },
  {
    name: 'rearm',
    args: ['rearm', 'vm3', '--yes', '--args', goodArgs],
    said: { name: 'vm3', wanted: 'armed' },
  },
  {
    name: 'rearm-force',
    args: ['rearm', 'vm3', '--yes', '--force', '--args', goodArgs],
    prepare: (attack) => attack.sim.world.database.set('VM', refOf(attack, 'vm3'), 'power_state', 'Running'),
    // Shut down it stays.
    said: { name: 'vm3', wanted: 'armed', remains: true },
  },
  { name: 'start', args: ['start', 'vm1'], power: ['vm1', 'Running'] },
  { name: 'stop', args: ['stop', 'vm3', '--yes', '--force'], prepare: running, power: ['vm3', 'Halted'] },
  {
    name: 'template-copy',
    args: ['template', 'copy', lennyTemplate, 'T2'],
    said: { name: 'T2', wanted: 'template' },
  },
  {
    name: 'template-set',
    args: ['template', 'set', 'FAI', '--release', 'squeeze'],
    said: { name: 'FAI', wanted: 'template', keys: { 'debian-release': 'squeeze' } },
  },
];

/** Lets xapi restart at one call: before it is carried out, or after, with the answer lost. */
function restartAt({ sim }: Attacked, n: number, carriedOut: boolean): () => boolean {
  let seen = 0;
  sim.world.intercept = (method) => {
    if (method === 'session.logout') return undefined;
    seen += 1;
    if (seen !== n) return undefined;
    if (carriedOut) setImmediate(() => sim.restart());
    else sim.restart();
    return carriedOut ? 'drop' : 'lose';
  };
  return () => seen >= n;
}

async function restarted(command: Command, n: number, carriedOut: boolean): Promise<readonly string[] | null> {
  const attack = await attacked({ speed: 1 });
  const { sim } = attack;
  try {
    await command.prepare?.(attack);
    const before = held(sim);
    const struck = restartAt(attack, n, carriedOut);
    const first = await attack.begin(command.args).ended;
    sim.world.intercept = null;
    if (!struck()) return null;
    await attack.settled();
    const losses = judged(attack, command, before, first.json);
    if (first.json === null) losses.push(`no JSON: ${first.err}`);
    const again = await attack.within(command.args);
    const after = judged(attack, command, before, again.json);
    if (again.code !== 0) after.push(`exit ${again.code}: ${again.json?.error?.message}`);
    return [...losses, ...after.map((loss) => `run again: ${loss}`)];
  } finally {
    await attack.stop();
  }
}

/** Does what was said agree with what the host holds? */
function judged(
  attack: Attacked,
  { said, power }: Command,
  before: ReturnType<typeof held>,
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of every command is looked into
  json: any,
): string[] {
  const losses: string[] = [];
  const ok = json?.ok === true;
  if (said !== undefined)
    losses.push(...disagreements(attack.sim, before, { ...said, remains: said.remains === true && !ok, ok }));
  if (power === undefined) return losses;
  const [name, state] = power;
  const now = powered(attack, name);
  const told = json?.vms?.[0]?.powerState;
  if (ok && now !== state) losses.push(`it was said to be done, and ${name} is ${now}`);
  if (told !== undefined && told !== null && told !== String(now).toLowerCase() && told !== 'unknown')
    losses.push(`${name} was said to be ${told}, and is ${now}`);
  return losses;
}

/** How many calls the command makes, and which are writes. */
async function callsOf({ args, prepare }: Command): Promise<boolean[]> {
  const attack = await attacked({ speed: 1 });
  try {
    await prepare?.(attack);
    const calls: boolean[] = [];
    attack.sim.world.intercept = (method) => {
      if (method !== 'session.logout') calls.push(!isRead(method) && !method.startsWith('task.'));
      return undefined;
    };
    await attack.within(args);
    return calls;
  } finally {
    await attack.stop();
  }
}

const watchCalls = 12;
const patience = 20_000;

/** `status --watch` over a restart: what changes afterwards is told all the same. */
async function watched(n: number): Promise<readonly string[] | null> {
  const attack = await attacked({ speed: 1 });
  const { sim } = attack;
  try {
    const struck = restartAt(attack, n, false);
    const watch = attack.begin(['status', '--watch', '--all']);
    const tells = (state: string): boolean =>
      watch
        .soFar()
        .split('\n')
        .some((text) => text.includes('"vm2"') && text.includes(`"${state}"`));
    const soon = (true_: () => boolean) => within(true_, patience);
    if (!(await soon(struck))) {
      watch.signal('SIGKILL');
      await watch.ended;
      return null;
    }
    let over = false;
    void watch.ended.then(() => {
      over = true;
    });
    sim.world.database.set('VM', refOf(attack, 'vm2'), 'power_state', 'Paused');
    const told = await soon(() => over || tells('paused'));
    watch.signal('SIGINT');
    const { code, err, json } = await watch.ended;
    // Without a login there is nothing to watch, and that is said.
    if (code === 3 && json?.error !== undefined) return [];
    return [
      ...(told ? [] : [`a change after the restart was not told: ${err}`]),
      ...(code === 130 ? [] : [`exit ${code} after Ctrl-C`]),
    ];
  } finally {
    await attack.stop();
  }
}

async function within(isTrue: () => boolean, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (!isTrue() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  return isTrue();
}

/** xapi restarts at every call: sessions, tasks and connections are gone, and the client lives. */
export async function restartCases(): Promise<Case[]> {
  const cases: Case[] = [];
  const calls = await Promise.all(commands.map(callsOf));
  for (const [i, command] of commands.entries()) {
    for (const [n, isWrite] of (calls[i] ?? []).entries()) {
      const add = (at: string, carriedOut: boolean) =>
        cases.push({ id: `${command.name}/${at}-${n + 1}`, attack: () => restarted(command, n + 1, carriedOut) });
      add('before', false);
      if (isWrite) add('after', true);
    }
  }
  for (let n = 1; n <= watchCalls; n += 1) cases.push({ id: `watch/before-${n}`, attack: () => watched(n) });
  return cases;
}
