import { limits } from '../source/limits/limits.ts';
import { hostsSecond } from './judge.ts';
import { called, claims, inventory, lacking, strays, surplus } from './look.ts';
import { type Case, seeded } from './series.ts';
import { type Attacked, attacked, type Ran } from './world.ts';
import { carryOutLines } from './xe.ts';

/** How the clients of all races ended. */
export const ends: Record<string, number> = {};

interface Race {
  /** Milliseconds by which the second client is later. */
  readonly later: number;
  /** Milliseconds after which the first one is killed; null: both live. */
  readonly death: number | null;
  /** The killed one's claim is as of another machine, where nobody sees that it is dead: it ends by time. */
  readonly elsewhere: boolean;
}

const line = ['create', 'race', '--template', 'FAI'];
const soon = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
/** Left of a dead client's lease when the other one logs in: it has to be waited for. */
const rest = 1500;

function endOf({ code, json }: Ran): string {
  if (code === null) return 'killed';
  if (code !== 0) return `exit ${code}`;
  return json?.vms?.[0]?.changed ? 'made' : 'there already';
}

/** Waits until the client has claimed the name, or ended before. */
async function claimed(attack: Attacked, ended: Promise<Ran>): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && claims(attack).held.length === 0) await soon(5);
}

/** Runs two clients for one name to their ends. */
async function bothEnds(attack: Attacked, { later, death, elsewhere }: Race): Promise<[Ran, Ran]> {
  const first = attack.begin(line);
  if (death === null) {
    await soon(later);
    return Promise.all([first.ended, attack.begin(line).ended]);
  }
  if (!elsewhere) {
    setTimeout(() => first.signal('SIGKILL'), death);
    await soon(later);
    return Promise.all([first.ended, attack.begin(line).ended]);
  }
  await claimed(attack, first.ended);
  // The second client reads a clock that is ahead: of the first one's lease little is left.
  attack.advance(limits.claim.lease - rest);
  const second = attack.begin(line);
  await soon(death % 400);
  first.signal('SIGKILL');
  const { pool, held } = claims(attack);
  for (const [key, text] of held) {
    const moved = JSON.stringify({ ...JSON.parse(text), by: 'root@elsewhere' });
    attack.sim.world.database.setKey('pool', pool, 'other_config', key, moved);
  }
  return Promise.all([first.ended, second.ended]);
}

async function run(race: Race): Promise<readonly string[]> {
  const attack = await attacked({ vms: 0 });
  try {
    const before = inventory(attack);
    const told = (await bothEnds(attack, race)).map(endOf);
    await attack.settled();
    for (const end of told) ends[end] = (ends[end] ?? 0) + 1;
    const made = told.filter((end) => end === 'made').length;
    const there = called(attack, 'race');
    const losses = [
      ...told.filter((end) => !['made', 'there already', 'exit 8', 'killed'].includes(end)),
      ...strays(attack, before),
      ...there.flatMap((vm) => lacking(vm).map((what) => `it lacks ${what}`)),
    ];
    if (there.length !== 1) losses.push(`${there.length} VMs`);
    // Whoever was killed may have given the name before.
    if (made > 1 || (made === 0 && !told.includes('killed'))) losses.push(`made by ${made}`);
    // A claim whose holder died elsewhere is over by time only, and listed then.
    attack.advance(limits.claim.lease + hostsSecond);
    const { json } = await attack.within(['status', '--orphans']);
    await carryOutLines(
      attack,
      json.orphans.map(({ remove }: { remove: string }) => remove),
    );
    losses.push(...surplus(attack, before, ['race']));
    losses.push(...claims(attack).held.map(([key]) => `${key} is left`));
    return losses.map((loss) => `${loss} (${told.join(', ')})`);
  } finally {
    await attack.stop();
  }
}

const usual = 200;

/** Two processes make a VM of one name at the same time; in every other race one of them is killed. */
export function raceCases(seed: number): Case[] {
  const random = seeded(seed);
  return Array.from({ length: usual }, (_, i) => {
    const race: Race = {
      later: Math.floor(random() * 150),
      death: i % 2 === 0 ? null : 200 + Math.floor(random() * 900),
      elsewhere: i % 4 === 3,
    };
    return { id: `race-${i + 1}`, attack: () => run(race) };
  });
}
