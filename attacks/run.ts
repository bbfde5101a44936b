// `npm run attack [kills|races|restarts|stage|fuzz|inventory] [COUNT|NAME]`: the built program is killed, raced and cut off from
// its host, and what it said is compared with what the host holds; its readers are given what nobody should have to
// read; who follows a host must know in the end what it knows.
// Counts are printed; one loss, and it ends with 1.
// XENFAI_SEED=N repeats a run whose delays were random.

import { fuzzCases, together } from './fuzz.ts';
import { inventoryCases, runsTogether } from './inventory.ts';
import { left } from './judge.ts';
import { killCases } from './kills.ts';
import { ends, raceCases } from './races.ts';
import { restartCases } from './restarts.ts';
import { type Case, carryOut, lanes, spread } from './series.ts';
import { stageCases } from './stage.ts';

interface Series {
  readonly what: string;
  readonly cases: (seed: number) => Promise<readonly Case[]> | readonly Case[];
  /** How many at a time, where they do not wait but work. */
  readonly lanes?: number;
  /** More to say of it, at its end. */
  readonly more?: () => string;
}

const series: Readonly<Record<string, Series>> = {
  kills: {
    what: 'kills',
    cases: killCases,
    more: () => `left ${left.halfMade} half-made and ${left.claims} claims, ${left.lines} removal lines carried out`,
  },
  races: { what: 'races of two clients', cases: raceCases, more: () => JSON.stringify(ends) },
  restarts: { what: 'restarts of xapi', cases: restartCases },
  stage: { what: 'kills of stage', cases: stageCases },
  fuzz: { what: `times ${together} inputs`, cases: fuzzCases, lanes: 2 },
  inventory: { what: `times ${runsTogether} hosts followed through faults`, cases: inventoryCases, lanes: 2 },
};

const [wanted, argument] = process.argv.slice(2);
const seed = Number(process.env['XENFAI_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
if (wanted !== undefined && series[wanted] === undefined) {
  console.error(`There is no ${wanted}; there is ${Object.keys(series).join(', ')}.`);
  process.exit(2);
}

/** A number takes so many, spread over all; a name takes the case, or all whose name begins so. */
function chosen(cases: readonly Case[]): Case[] {
  if (argument === undefined) return [...cases];
  if (/^\d+$/.test(argument)) return spread(cases, Number(argument));
  const exact = cases.filter(({ id }) => id === argument);
  return exact.length > 0 ? exact : cases.filter(({ id }) => id.startsWith(argument));
}

let losses = 0;
for (const [name, { what, cases, more, lanes: own = lanes }] of Object.entries(series)) {
  if (wanted !== undefined && wanted !== name) continue;
  const began = performance.now();
  const all = chosen(await cases(seed));
  const { done, late, lost } = await carryOut(all, own, {
    lost({ id, losses: found }) {
      for (const text of found) console.log(`LOST ${id}: ${text}`);
      console.log(`  again: XENFAI_SEED=${seed} npm run attack ${name} '${id}'`);
    },
    progress(count) {
      if (count % 50 === 0) console.error(`${name}: ${count} of ${all.length}`);
    },
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  const parts = [`${done} ${what}`, `${lost.length} lost`, ...(late > 0 ? [`${late} came too late`] : [])];
  if (more !== undefined) parts.push(more());
  console.log(`${name}: ${parts.join(', ')} (${seconds} s, seed ${seed})`);
  losses += lost.length;
  if (done === 0) losses += 1;
}
process.exit(losses === 0 ? 0 : 1);
