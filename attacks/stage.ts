import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fill, killOnce, pair, randomKills, withPool } from '../test/staging/kills.ts';
import { countingPath, killScriptOnce } from '../test/staging/script-kills.ts';
import { type Case, seeded } from './series.ts';
import { scratch } from './world.ts';

/** More than any run has: the ones behind the end are no kills. */
const most = { changes: 60, programs: 60 };
const atRandom = 20;

async function inFolder(
  attack: (folder: string) => Promise<readonly string[] | null>,
): Promise<readonly string[] | null> {
  const folder = mkdtempSync(join(scratch, 'xenfai-attack-stage-'));
  try {
    return await attack(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same program of this machine, found by its shell. */
function programPath(name: string): string {
  const path = spawnSync('/bin/sh', ['-c', `command -v ${name}`])
    .stdout.toString()
    .trim();
  if (!path.startsWith('/')) throw new Error(`${name} is missing on this machine`);
  return path;
}

/** SIGKILL of what `stage` does with a folder and with its script for ssh: both of a pair or none. */
export function stageCases(seed: number): Case[] {
  const random = seeded(seed);
  const cases: Case[] = [];
  const scenes = [
    ['empty', pair, null, null],
    ['pair', pair, 'one', 'zero'],
    ['pool', withPool, 'one', 'zero'],
  ] as const;
  for (const [name, paths, now, before] of scenes) {
    for (let at = 1; at <= most.changes; at += 1) {
      const attack = async (folder: string) => {
        const root = join(folder, 'root');
        fill(root, paths, now, before);
        const { killed, wrong } = await killOnce(root, at, paths);
        return killed || wrong.length > 0 ? wrong : null;
      };
      cases.push({ id: `folder-${name}/${at}`, attack: () => inFolder(attack) });
    }
  }
  for (let at = 1; at <= most.programs; at += 1) {
    const attack = async (folder: string) => {
      const { killed, wrong } = await killScriptOnce(folder, countingPath(folder, programPath), at);
      return killed || wrong.length > 0 ? wrong : null;
    };
    cases.push({ id: `script/${at}`, attack: () => inFolder(attack) });
  }
  for (let n = 1; n <= atRandom; n += 1) {
    const own = Math.floor(random() * 2 ** 31);
    cases.push({
      id: `random/${n}`,
      attack: () => inFolder(async (folder) => (await randomKills(folder, 1, seeded(own))).wrong),
    });
  }
  return cases;
}
