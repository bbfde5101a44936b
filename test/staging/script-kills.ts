import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { remoteScript } from '../../source/staging/remote-script.ts';
import { type StagedFile, stagedBytes } from '../../source/staging/staged-file.ts';
import { writeTar } from '../../source/staging/tar.ts';
import { fill, isOne, look, pair, wrongAfterWhole } from './kills.ts';

// The script of the ssh place, run by this machine's sh, killed before each program that it calls.

export const scriptPrograms =
  'cat chmod cmp cp cut dirname find grep ln mkdir mktemp mv rm sha256sum sync tar uname'.split(' ');

/** A PATH whose programs count their calls; the one with the number $AT kills the whole group, itself and the shell. */
export function countingPath(folder: string, programPath: (name: string) => string): string {
  const path = join(folder, 'bin');
  mkdirSync(path);
  for (const name of scriptPrograms) {
    const body = `#!/bin/sh
n=$(($(${programPath('cat')} "$COUNT") + 1)); echo $n > "$COUNT"
[ "$n" = "$AT" ] && kill -9 0
exec ${programPath(name)} "$@"
`;
    writeFileSync(join(path, name), body);
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

export const filesOf = (version: string): StagedFile[] =>
  pair.map((path) => stagedBytes(path, Buffer.from(`${version} ${basename(path)}`)));

/** Ends with the shell's exit code, null when it was killed, and what it printed. */
export async function runScript(
  root: string,
  files: readonly StagedFile[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  // A group of its own.
  const child: ChildProcess = spawn('/bin/sh', ['-c', remoteScript(root, files)], { env, detached: true });
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    said.err += chunk;
  });
  child.stdin?.on('error', () => {});
  const ended = once(child, 'close');
  if (child.stdin !== null) {
    const { stdin } = child;
    await writeTar(files, stdin, new AbortController().signal).then(
      () => stdin.end(),
      () => stdin.destroy(),
    );
  }
  const [code] = (await ended) as [number | null];
  return { code, ...said };
}

/** How many programs the script calls when nobody kills it. */
export async function countPrograms(folder: string, path: string): Promise<number> {
  const root = mkdtempSync(join(folder, 'root-'));
  const count = `${root}.count`;
  fill(root, pair, 'one', 'zero');
  writeFileSync(count, '0\n');
  await runScript(root, filesOf('two'), { PATH: path, COUNT: count, AT: '0' });
  return Number(readFileSync(count, 'utf8'));
}

/** Kills the script at one program and lets another come to its end: what is wrong then, and what it repaired. */
export async function killScriptOnce(folder: string, path: string, at: number) {
  const root = mkdtempSync(join(folder, 'root-'));
  const count = `${root}.count`;
  fill(root, pair, 'one', 'zero');
  writeFileSync(count, '0\n');
  const { code } = await runScript(root, filesOf('two'), { PATH: path, COUNT: count, AT: String(at) });
  const wrong: string[] = [];
  if (code !== null && code !== 0) wrong.push(`it ended with ${code}`);
  if (code === null) {
    const { now, before, temporaries } = look(root, pair);
    if (temporaries.length === 0 && !(isOne(now) && isOne(before))) wrong.push('mixed, and nothing says so');
  }
  const { code: end, out, err } = await runScript(root, filesOf('three'), { PATH: process.env['PATH'] ?? '' });
  if (end !== 0) wrong.push(`the next run ended with ${end}: ${err}`);
  wrong.push(...wrongAfterWhole(root, 'three', pair));
  return {
    killed: code === null,
    wrong,
    repaired: [...out.matchAll(/^repaired (.*)$/gm)].map(([, word = '']) => word),
  };
}
