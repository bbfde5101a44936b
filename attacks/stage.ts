import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderPlace } from '../source/staging/folder.ts';
import { stagedBytes } from '../source/staging/staged-file.ts';
import { fileWriter } from '../source/staging/writer.ts';
import { fill, killOnce, pair, randomKills, withPool } from '../test/staging/kills.ts';
import { countingPath, countPrograms, killScriptOnce } from '../test/staging/script-kills.ts';
import { type Case, seeded } from './series.ts';
import { scratch } from './world.ts';

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

/** How many changes a run makes in such a folder. */
async function changesOf(paths: readonly string[], now: string | null, before: string | null): Promise<number> {
  let changes = 0;
  const count = async (folder: string) => {
    const writer = fileWriter({
      step: () => {
        changes += 1;
      },
    });
    fill(folder, paths, now, before);
    const files = paths.map((path) => stagedBytes(path, Buffer.from(`two ${basename(path)}`)));
    await folderPlace(folder, writer).put(files, new AbortController().signal);
    return [];
  };
  await inFolder(count);
  return changes;
}

/** How many programs the script calls. */
async function programsOf(): Promise<number> {
  let programs = 0;
  await inFolder(async (folder) => {
    programs = await countPrograms(folder, countingPath(folder, programPath));
    return [];
  });
  return programs;
}

/** SIGKILL of what `stage` does with a folder and with its script for ssh: both of a pair or none. */
export async function stageCases(seed: number): Promise<Case[]> {
  const random = seeded(seed);
  const cases: Case[] = [];
  const scenes = [
    ['empty', pair, null, null],
    ['pair', pair, 'one', 'zero'],
    ['pool', withPool, 'one', 'zero'],
  ] as const;
  for (const [name, paths, now, before] of scenes) {
    const changes = await changesOf(paths, now, before);
    for (let at = 1; at <= changes; at += 1) {
      const attack = async (folder: string) => {
        const root = join(folder, 'root');
        fill(root, paths, now, before);
        const { killed, wrong } = await killOnce(root, at, paths);
        return killed || wrong.length > 0 ? wrong : null;
      };
      cases.push({ id: `folder-${name}/${at}`, attack: () => inFolder(attack) });
    }
  }
  const programs = await programsOf();
  for (let at = 1; at <= programs; at += 1) {
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
