import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { folderPlace } from '../../source/staging/folder.ts';
import type { Repair } from '../../source/staging/place.ts';
import { stagedBytes } from '../../source/staging/staged-file.ts';
import { fileWriter } from '../../source/staging/writer.ts';

// What a SIGKILL may leave of `stage`, and what must be so after the next run. The tests kill at every change once;
// randomKills goes on for as long as one likes.

const below = 'dists/lenny/main/installer-i386/current/images/netboot/xen';
export const pair = [`${below}/vmlinuz`, `${below}/initrd.gz`];
export const withPool = [...pair, 'pool/main/one_1_i386.deb'];

/** Every file says which version it is of. */
const textOf = (version: string, path: string): string => `${version} ${basename(path)}`;
const versionAt = (path: string): string | null =>
  existsSync(path) ? (readFileSync(path, 'utf8').split(' ')[0] ?? '') : null;

/** A root with files of these versions in place and as .bak; null: there is none. */
export function fill(root: string, paths: readonly string[], now: string | null, before: string | null): void {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const path of paths) {
    if (now !== null || before !== null) mkdirSync(dirname(join(root, path)), { recursive: true });
    if (now !== null) writeFileSync(join(root, path), textOf(now, path));
    if (before !== null) writeFileSync(join(root, `${path}.bak`), textOf(before, path));
  }
}

/** The same in this process, to its end. */
export async function stageWhole(
  root: string,
  version: string,
  paths: readonly string[],
): Promise<readonly Repair[]> {
  const files = paths.map((path) => stagedBytes(path, Buffer.from(textOf(version, path))));
  return (await folderPlace(root, fileWriter()).put(files, new AbortController().signal)).repairs;
}

/** One file, because it is started a hundred times. Once for a process. */
let child: Promise<string> | null = null;
async function buildChild(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'xenfai-child-')), 'child.mjs');
  process.once('exit', () => rmSync(dirname(outfile), { recursive: true, force: true }));
  const entry = join(import.meta.dirname, 'child.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

/** A run in a process of its own that is killed before its `at`-th change, or the first that is called so; true when it was. */
export async function stageKilled(
  root: string,
  version: string,
  at: number | string,
  paths: readonly string[],
): Promise<boolean> {
  child ??= buildChild();
  return promisify(execFile)(process.execPath, [await child, root, version, String(at), ...paths]).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Error && 'signal' in error && error.signal === 'SIGKILL') return true;
      throw error;
    },
  );
}

export interface Seen {
  /** Versions of the files in place, in order. */
  readonly now: readonly (string | null)[];
  readonly before: readonly (string | null)[];
  readonly temporaries: readonly string[];
}

export function look(root: string, paths: readonly string[]): Seen {
  const names = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
  return {
    now: paths.map((path) => versionAt(join(root, path))),
    before: paths.map((path) => versionAt(join(root, `${path}.bak`))),
    temporaries: names.filter((name) => basename(name).startsWith('.xenfai')),
  };
}

export const isOne = (versions: readonly unknown[]): boolean => new Set(versions).size === 1;

/** What is wrong after a run that came to its end; empty when nothing is. */
export function wrongAfterWhole(root: string, version: string, paths: readonly string[]): string[] {
  const { now, before, temporaries } = look(root, paths);
  const kernelAndInitrd = before.slice(0, 2);
  return [
    ...(isOne(now) && now[0] === version ? [] : [`in place: ${now.join(', ')}`]),
    ...(isOne(kernelAndInitrd) ? [] : [`mixed .bak: ${before.join(', ')}`]),
    ...(temporaries.length === 0 ? [] : [`left: ${temporaries.join(', ')}`]),
  ];
}

/** What is wrong just after a kill: a mixed pair is allowed only while a record says that it is to be finished. */
export function wrongAfterKill(root: string, paths: readonly string[]): string[] {
  const { now, before, temporaries } = look(root, paths);
  const recorded = temporaries.some((name) => {
    if (!name.endsWith('.json')) return false;
    const text = readFileSync(join(root, name), 'utf8');
    return text.includes('"swapping"') || text.includes('"putting-back"');
  });
  if (recorded) return [];
  return [
    ...(isOne(now) ? [] : [`mixed, and no record says so: ${now.join(', ')}`]),
    ...(isOne(before.slice(0, 2)) ? [] : [`mixed .bak, and no record says so: ${before.join(', ')}`]),
  ];
}

/** Kills a run at one change and lets another come to its end: what is wrong then, and whether there was a kill. */
export async function killOnce(
  root: string,
  at: number,
  paths: readonly string[],
): Promise<{ readonly killed: boolean; readonly wrong: readonly string[] }> {
  const killed = await stageKilled(root, 'two', at, paths);
  const atKill = wrongAfterKill(root, paths);
  await stageWhole(root, 'three', paths);
  return { killed, wrong: [...atKill, ...wrongAfterWhole(root, 'three', paths)] };
}

export interface Series {
  readonly kills: number;
  /** What did not hold, each with how to see it again. */
  readonly wrong: readonly string[];
}

/** So many roots, each with up to three runs killed at random and one that comes to its end. `random`: from 0 to below 1. */
export async function randomKills(folder: string, tries: number, random: () => number): Promise<Series> {
  const below = (end: number): number => Math.floor(random() * end);
  const wrong: string[] = [];
  let kills = 0;
  for (let i = 0; i < tries; i += 1) {
    const root = mkdtempSync(join(folder, 'root-'));
    const paths = below(3) === 0 ? withPool : pair;
    const [now, before] = [
      ['one', 'zero'],
      ['one', null],
      [null, null],
    ][below(3)] ?? [null, null];
    fill(root, paths, now ?? null, before ?? null);
    // Versions may be the same: a run that is tried again finds its own files half in place.
    const runs = Array.from({ length: 1 + below(3) }, () => ({ version: `v${below(3)}`, at: 1 + below(50) }));
    for (const { version, at } of runs) {
      if (await stageKilled(root, version, at, paths)) kills += 1;
      wrong.push(...wrongAfterKill(root, paths).map((text) => `${JSON.stringify(runs)}: ${text}`));
    }
    await stageWhole(root, 'last', paths);
    wrong.push(...wrongAfterWhole(root, 'last', paths).map((text) => `${JSON.stringify(runs)}: ${text}`));
    rmSync(root, { recursive: true, force: true });
  }
  return { kills, wrong };
}
