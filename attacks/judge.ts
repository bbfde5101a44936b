import type { Command } from './kills.ts';
import { called, claims, hasArmedMark, lacking, strays, surplus, unfinished, willInstall, wordsOf } from './look.ts';
import type { Attacked } from './world.ts';
import { carryOutLines } from './xe.ts';

/** What was so before the kill, and what was killed. */
export interface Before {
  readonly there: ReadonlySet<string>;
  readonly command: Command;
}

/** What the kills have left, over all. */
export const left = { halfMade: 0, claims: 0, lines: 0 };

interface Listed {
  readonly kind: string;
  readonly name: string;
  readonly uuid: string;
  readonly remove: string;
}

const orphans = async (attack: Attacked): Promise<readonly Listed[]> =>
  (await attack.within(['status', '--orphans'])).json.orphans;

/** What did not hold once the program was dead. `lease`: its claims end like those of another machine, by time. */
export async function afterTheKill(
  attack: Attacked,
  { there, command: { made = [] } }: Before,
  clean: boolean,
  lease: number | null,
): Promise<string[]> {
  const losses = strays(attack, there);
  for (const name of made) {
    const all = called(attack, name);
    if (all.length > 1) losses.push(`${name} is there ${all.length} times`);
    for (const vm of all) for (const what of lacking(vm)) losses.push(`${name} has its name and lacks ${what}`);
  }
  if (lease !== null) losses.push(...(await expire(attack, lease)));
  losses.push(...(await listing(attack)), ...(await states(attack)));
  if (clean) losses.push(...(await cleanUp(attack, there, made)));
  return losses;
}

/** Everything half-made is listed with its line, and nothing else is. */
async function listing(attack: Attacked): Promise<string[]> {
  const half = unfinished(attack).map(({ uuid }) => String(uuid));
  const { held } = claims(attack);
  left.halfMade += half.length;
  left.claims += held.length;
  const listed = await orphans(attack);
  const uuids = listed.filter(({ kind }) => kind === 'VM' || kind === 'template').map(({ uuid }) => uuid);
  const removed = listed.filter(({ kind }) => kind === 'claim').map(({ remove }) => remove);
  return [
    ...half.filter((uuid) => !uuids.includes(uuid)).map((uuid) => `half-made ${uuid} is not listed`),
    ...uuids.filter((uuid) => !half.includes(uuid)).map((uuid) => `${uuid} is listed and is not half-made`),
    ...held.filter(([key]) => !removed.some((line) => line.includes(key))).map(([key]) => `${key} is not listed`),
    ...(removed.length > held.length ? ['a claim is listed that nobody holds'] : []),
  ];
}

/** What the states say of who is erased at the next boot. */
async function states(attack: Attacked): Promise<string[]> {
  const told = await attack.within(['status', '--all']);
  return told.json.vms.flatMap(({ name, state, powerState }: Record<string, string>) => {
    const [vm] = called(attack, String(name));
    if (vm === undefined || powerState !== 'halted') return [];
    const erases = willInstall(vm);
    if (erases && (state === 'installed' || state === 'disarmed'))
      return [`${name} is ${state}, and would be erased`];
    return !erases && state === 'armed' ? [`${name} is called armed, and its bootloader is another`] : [];
  });
}

/** Milliseconds: a host tells whole seconds, so two clients may take its time for a second more or less. */
export const hostsSecond = 1000;

/** The claims as of another machine: not listed before their end, which is no later than the lease. */
async function expire(attack: Attacked, lease: number): Promise<string[]> {
  const { database, clock } = attack.sim.world;
  const { pool, held } = claims(attack);
  const latest = clock.now().getTime() + lease + hostsSecond;
  const losses: string[] = [];
  for (const [key, text] of held) {
    const claim = JSON.parse(text);
    if (Date.parse(claim.until) > latest) losses.push(`${key} goes on until ${claim.until}`);
    database.setKey('pool', pool, 'other_config', key, JSON.stringify({ ...claim, by: 'root@elsewhere' }));
  }
  if ((await orphans(attack)).some(({ kind }) => kind === 'claim'))
    losses.push('a claim is called dead before its end');
  attack.advance(lease + hostsSecond);
  return losses;
}

/** The printed lines take everything half-made away, and nothing else. */
async function cleanUp(attack: Attacked, there: ReadonlySet<string>, made: readonly string[]): Promise<string[]> {
  const lines = (await orphans(attack)).map(({ remove }) => remove);
  left.lines += lines.length;
  await carryOutLines(attack, lines);
  return [
    ...surplus(attack, there, made),
    ...claims(attack).held.map(([key]) => `${key} is left after the lines`),
    ...(await orphans(attack)).map(({ name }) => `${name} is still listed after its line`),
  ];
}

/** What did not hold after the same command once more. */
export async function afterTheRerun(attack: Attacked, { there, command }: Before): Promise<string[]> {
  const { args, made = [], armed = [], goal } = command;
  const losses: string[] = [];
  const again = await attack.within(args);
  if (again.code !== 0) losses.push(`exit ${again.code}: ${again.json?.error?.message ?? again.err}`);
  for (const name of made) {
    const all = called(attack, name);
    if (all.length !== 1) losses.push(`${name} is there ${all.length} times`);
    for (const vm of all) for (const what of lacking(vm)) losses.push(`${name} lacks ${what}`);
  }
  for (const name of armed) {
    const [vm] = called(attack, name);
    if (vm === undefined || !willInstall(vm) || !hasArmedMark(vm)) losses.push(`${name} is not armed`);
    else if (wordsOf(vm)['xenfai:installed'] !== undefined) losses.push(`${name} is still marked as installed`);
  }
  if (goal !== undefined) {
    const [name, reached] = goal;
    if (!called(attack, name).some(reached)) losses.push(`${name} is not what was asked for`);
  }
  losses.push(...(await listing(attack)), ...(await cleanUp(attack, there, made)));
  return losses.map((loss) => `run again: ${loss}`);
}
