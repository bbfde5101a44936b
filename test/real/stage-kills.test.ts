import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fill, look, pair } from '../staging/kills.ts';
import { countingPath, filesOf, killScriptOnce, runScript, scriptPrograms } from '../staging/script-kills.ts';
import { programPath, realTest } from './needs.ts';
import { temporary } from './tools.ts';

const folder = temporary('stage-kills');

realTest('the script for ssh killed before each program it calls, and run again', scriptPrograms, async () => {
  const path = countingPath(folder, programPath);
  const wrong: string[] = [];
  const told = new Set<string>();
  let at = 0;
  let more = true;
  const worker = async (): Promise<void> => {
    while (more) {
      at += 1;
      const mine = at;
      const once = await killScriptOnce(folder, path, mine);
      if (!once.killed) more = false;
      for (const word of once.repaired) told.add(word);
      wrong.push(...once.wrong.map((text) => `killed at ${mine}: ${text}`));
    }
  };
  await Promise.all([worker(), worker()]);
  expect(wrong).toEqual([]);
  expect(at).toBeGreaterThan(25);
  expect(told).toEqual(new Set(['cleared', 'finished']));
});

realTest('a living run is in the way, and a mv that fails puts the pair back', scriptPrograms, async () => {
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
