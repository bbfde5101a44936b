// `npm run attack [kills|races|restarts|stage] [COUNT|NAME]`: the built program is killed, raced and cut off from its
// host, and what it said is compared with what the host holds. Counts are printed; one loss, and it ends with 1.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomKills } from '../test/staging/kills.ts';
import { kills } from './kills.ts';
import { races } from './races.ts';
import { restarts } from './restarts.ts';

const say = (text: string): void => console.log(text);
const [wanted, argument] = process.argv.slice(2);

async function stage(count: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-attack-stage-'));
  const { kills: killed, wrong } = await randomKills(folder, count, Math.random);
  rmSync(folder, { recursive: true, force: true });
  say(`${killed} kills of stage at random points`);
  return [...wrong];
}

const series: Readonly<Record<string, () => Promise<string[]>>> = {
  kills: () => kills(say, argument),
  races: () => races(say, Number(argument ?? 200)),
  restarts: () => restarts(say),
  stage: () => stage(Number(argument ?? 100)),
};

const losses: string[] = [];
for (const [name, attack] of Object.entries(series)) {
  if (wanted !== undefined && wanted !== name) continue;
  say(`== ${name}`);
  losses.push(...(await attack()));
}
for (const loss of losses) say(`LOST: ${loss}`);
say(`${losses.length} losses`);
process.exit(losses.length === 0 ? 0 : 1);
