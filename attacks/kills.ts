import { type Attacked, armedMark, attacked, called, orphanDisks, unfinished, willInstall } from './world.ts';

interface Series {
  readonly name: string;
  readonly args: readonly string[];
  /** What the host must look like before the command. */
  readonly prepare?: (attack: Attacked) => void;
  /** Names that must be there once, whole, after the command was run again. */
  readonly made?: readonly string[];
  /** VMs that must be armed, with their mark, after the command was run again. */
  readonly armed?: readonly string[];
}

const change = (attack: Attacked, name: string, edit: (ref: string) => void): void => {
  const [ref] = [...attack.sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === name) ?? [];
  if (ref === undefined) throw new Error(`no ${name}`);
  edit(ref);
};

/** vm3 fired once and was recorded as installed: what an arming must not leave standing. */
const installed = (attack: Attacked): void =>
  change(attack, 'vm3', (ref) => {
    const { database, clock } = attack.sim.world;
    const vm = String(database.get('VM', ref)['uuid']);
    const mark = { vm, run: '00000000', at: clock.now().toISOString(), by: 'root@jump' };
    database.setKey('VM', ref, 'other_config', 'xenfai:installed', JSON.stringify(mark));
  });

const running = (attack: Attacked): void =>
  change(attack, 'vm3', (ref) => attack.sim.world.database.set('VM', ref, 'power_state', 'Running'));

const series: readonly Series[] = [
  { name: 'create', args: ['create', 'k1', '--template', 'FAI', '--memory', '512M', '--vcpus', '2'], made: ['k1'] },
  { name: 'create --start', args: ['create', 'k1', '--template', 'FAI', '--start'], made: ['k1'] },
  { name: 'create of three', args: ['create', 'k[1-3]', '--template', 'FAI'], made: ['k1', 'k2', 'k3'] },
  { name: 'rearm', args: ['rearm', 'vm3', '--yes'], prepare: installed, armed: ['vm3'] },
  { name: 'rearm --snapshot', args: ['rearm', 'vm3', '--yes', '--snapshot'], prepare: installed, armed: ['vm3'] },
  {
    name: 'rearm --force',
    args: ['rearm', 'vm3', '--yes', '--force'],
    prepare: (attack) => {
      installed(attack);
      running(attack);
    },
    armed: ['vm3'],
  },
  {
    name: 'rearm to another repository',
    args: ['rearm', 'vm3', '--yes', '--repository', 'http://127.0.0.1:9/d', '--release', 'squeeze'],
    prepare: installed,
    armed: ['vm3'],
  },
  { name: 'repair', args: ['repair', 'vm4', '--yes', '--template', 'FAI'], armed: ['vm4'] },
  { name: 'template copy', args: ['template', 'copy', 'Debian Lenny 5.0 (32-bit)', 'T2'], made: ['T2'] },
  { name: 'template set', args: ['template', 'set', 'FAI', '--release', 'squeeze', '--proxy', 'http://p:1'] },
  { name: 'start', args: ['start', 'vm1'] },
  { name: 'stop', args: ['stop', 'vm3', '--yes', '--force'], prepare: running },
];

/** Where a call is when the program dies: not carried out, or carried out with the answer still to come. */
const moments = ['lose', 'drop'] as const;

const harmless = /^(session\.|event\.)/;

/** How many calls the command makes. */
async function calls({ args, prepare }: Series): Promise<number> {
  const attack = await attacked(4);
  prepare?.(attack);
  let count = 0;
  attack.sim.world.intercept = (method) => {
    if (!harmless.test(method)) count += 1;
    return undefined;
  };
  await attack.run(args);
  await attack.stop();
  return count;
}

/** Kills the program at one call, looks at what the host holds, and runs the command again. */
async function killAt(one: Series, n: number, moment: (typeof moments)[number]): Promise<string[]> {
  const attack = await attacked(4);
  const losses: string[] = [];
  try {
    one.prepare?.(attack);
    let seen = 0;
    let kill = (): void => {};
    attack.sim.world.intercept = (method) => {
      if (harmless.test(method)) return undefined;
      seen += 1;
      if (seen !== n) return undefined;
      kill();
      return moment;
    };
    await attack.run(one.args, (now) => {
      kill = now;
    });
    attack.sim.world.intercept = null;
    losses.push(...(await afterTheKill(attack, one)), ...(await afterTheRerun(attack, one)));
  } finally {
    await attack.stop();
  }
  return losses.map((loss) => `${one.name}, killed at call ${n} (${moment}): ${loss}`);
}

async function afterTheKill(attack: Attacked, one: Series): Promise<string[]> {
  const losses: string[] = [];
  for (const name of one.made ?? []) {
    if (called(attack, name).length > 1) losses.push(`${name} is there twice`);
  }
  if (orphanDisks(attack).length > 0) losses.push('a disk belongs to nobody');
  const half = unfinished(attack).map((vm) => String(vm['uuid']));
  const told = await attack.run(['status', '--orphans']);
  const listed: string[] = (told.json?.orphans ?? []).map(({ uuid }: { uuid: string }) => uuid);
  for (const uuid of half) if (!listed.includes(uuid)) losses.push(`half-made ${uuid} is not listed`);
  halfMade += half.length;
  const states = await attack.run(['status', '--all']);
  for (const { name, state } of states.json?.vms ?? []) {
    const [vm] = called(attack, name);
    if (vm !== undefined && willInstall(vm) && (state === 'installed' || state === 'disarmed'))
      losses.push(`${name} is called ${state}, and its next boot erases it`);
  }
  return losses;
}

async function afterTheRerun(attack: Attacked, one: Series): Promise<string[]> {
  const losses: string[] = [];
  const again = await attack.run(one.args);
  if (again.code !== 0) losses.push(`run again: exit ${again.code}: ${again.json?.error?.message ?? again.err}`);
  for (const name of one.made ?? []) {
    if (called(attack, name).length !== 1)
      losses.push(`run again: ${name} is there ${called(attack, name).length} times`);
  }
  for (const name of one.armed ?? []) {
    const [vm] = called(attack, name);
    if (vm === undefined || !willInstall(vm) || armedMark(vm) === null)
      losses.push(`run again: ${name} is not armed`);
    const words = (vm?.['other_config'] ?? {}) as Record<string, string>;
    if (words['xenfai:installed'] !== undefined) losses.push(`run again: ${name} is still marked as installed`);
  }
  if (orphanDisks(attack).length > 0) losses.push('run again: a disk belongs to nobody');
  return losses;
}

let halfMade = 0;

/** SIGKILL at every call of every command, before and after it was carried out. */
export async function kills(say: (text: string) => void, only?: string): Promise<string[]> {
  const losses: string[] = [];
  let tried = 0;
  for (const one of series.filter(({ name }) => only === undefined || name === only)) {
    const count = await calls(one);
    for (let n = 1; n <= count; n += 1) {
      for (const moment of moments) {
        losses.push(...(await killAt(one, n, moment)));
        tried += 1;
      }
    }
    say(`${one.name}: ${count * moments.length} kills`);
  }
  say(`${tried} kills, ${halfMade} left something half-made, all of them looked for by status --orphans`);
  return losses;
}
