import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { remoteScript } from '../../source/staging/remote-script.ts';
import { type StagedFile, stagedBytes } from '../../source/staging/staged-file.ts';
import { writeTar } from '../../source/staging/tar.ts';
import { fill, isOne, look, pair, wrongAfterWhole } from '../staging/kills.ts';
import { programPath, realTest } from './needs.ts';
import { temporary } from './tools.ts';

// The script of the ssh place, run by this machine's sh, killed before each program that it calls.

const folder = temporary('stage-kills');
const programs = 'cat chmod cmp cp cut dirname find grep ln mkdir mktemp mv rm sha256sum sync tar uname'.split(' ');

/** A PATH whose programs count their calls; the one with the number $AT kills the whole group, itself and the shell. */
function countingPath(): string {
  const path = join(folder, 'bin');
  mkdirSync(path);
  for (const name of programs) {
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

const filesOf = (version: string): StagedFile[] =>
  pair.map((path) => stagedBytes(path, Buffer.from(`${version} ${basename(path)}`)));

/** Ends with the shell's exit code, null when it was killed, and what it printed. */
async function runScript(
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

realTest('the script for ssh killed before each program it calls, and run again', programs, async () => {
  const path = countingPath();
  const wrong: string[] = [];
  const told = new Set<string>();
  let at = 0;
  let more = true;
  const worker = async (): Promise<void> => {
    while (more) {
      at += 1;
      const mine = at;
      const root = mkdtempSync(join(folder, 'root-'));
      const count = join(folder, `count-${mine}`);
      fill(root, pair, 'one', 'zero');
      writeFileSync(count, '0\n');
      const { code } = await runScript(root, filesOf('two'), { PATH: path, COUNT: count, AT: String(mine) });
      if (code === 0) more = false;
      else {
        expect(code).toBe(null);
        const { now, before, temporaries } = look(root, pair);
        const intent = temporaries.length > 0;
        if (!intent && !(isOne(now) && isOne(before))) wrong.push(`killed at ${mine}: mixed, and nothing says so`);
      }
      const { code: end, out, err } = await runScript(root, filesOf('three'), { PATH: process.env['PATH'] ?? '' });
      for (const [, word = ''] of out.matchAll(/^repaired (.*)$/gm)) told.add(word);
      if (end !== 0) wrong.push(`killed at ${mine}: the next run ended with ${end}: ${err}`);
      wrong.push(...wrongAfterWhole(root, 'three', pair).map((text) => `killed at ${mine}: ${text}`));
    }
  };
  await Promise.all([worker(), worker()]);
  expect(wrong).toEqual([]);
  expect(at).toBeGreaterThan(25);
  expect(told).toEqual(new Set(['cleared', 'finished']));
});

realTest('a living run is in the way, and a mv that fails puts the pair back', programs, async () => {
  const root = mkdtempSync(join(folder, 'root-'));
  fill(root, pair, 'one', 'zero');
  const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8').split(' ');
  mkdirSync(join(root, '.xenfai-abcdef'));
  const { hostname } = await import('node:os');
  // As the script reads it, by blanks alone.
  writeFileSync(join(root, '.xenfai-abcdef/owner'), `${process.pid} ${hostname()} ${stat[21]}\n`);
  const env = { PATH: process.env['PATH'] ?? '' };
  expect(await runScript(root, filesOf('two'), env)).toMatchObject({ code: 75 });
  writeFileSync(join(root, '.xenfai-abcdef/owner'), `${process.pid} ${hostname()} 1\n`);

  const path = join(folder, 'broken');
  mkdirSync(path);
  const mv = `#!/bin/sh\ncase $* in *new/*initrd.gz*) exit 1 ;; esac\nexec ${programPath('mv')} "$@"\n`;
  writeFileSync(join(path, 'mv'), mv, { mode: 0o755 });
  expect(await runScript(root, filesOf('two'), { PATH: `${path}:${env.PATH}` })).toMatchObject({ code: 1 });
  expect(look(root, pair)).toEqual({ now: ['one', 'one'], before: ['zero', 'zero'], temporaries: [] });

  // Only the kernel is another one, twice: the initrd and its .bak are two names of one file then.
  for (const version of ['two', 'three']) {
    const [kernel] = filesOf(version);
    const [, initrd] = filesOf('one');
    if (kernel === undefined || initrd === undefined) throw new Error('no pair');
    expect(await runScript(root, [kernel, initrd], env)).toMatchObject({ code: 0 });
  }
  expect(look(root, pair)).toEqual({ now: ['three', 'one'], before: ['two', 'one'], temporaries: [] });

  // Half a pair: no .bak of an earlier run stays beside it.
  fill(root, pair, 'one', 'zero');
  rmSync(join(root, pair[1] ?? ''));
  expect(await runScript(root, filesOf('two'), env)).toMatchObject({ code: 0 });
  expect(look(root, pair)).toEqual({ now: ['two', 'two'], before: ['one', null], temporaries: [] });
});
