import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { shell } from './shell.ts';

// The built program where a shell has taken something from it: the documented exit code, one sentence, no stack.

let sim: Simulator;
const folder = mkdtempSync(join(tmpdir(), 'xenfai-around-'));
const home = join(folder, 'home');
const stand = join(folder, 'stand');
beforeAll(async () => {
  sim = await simulator({ vms: 4 });
  for (const made of [home, stand]) mkdirSync(made);
  writeFileSync(join(folder, 'file'), '');
});
afterAll(() => sim.stop());

const rearm = 'xenfai rearm vm3 --yes';
const untold = /^xenfai: it was done, but could not be told: no space left on device\.\nexit 2\n$/;
const unwritten = (why: string): RegExp =>
  new RegExp(`^Warning: The journal \\S+/journal\\.jsonl cannot be written: ${why}\\.\\nexit 0\\n$`);

test.each<readonly [what: string, line: string, told: RegExp]>([
  [
    'stdin closed, and somebody would be asked',
    'xenfai rearm vm3 <&-',
    /no terminal to ask at\.\n.*--yes.*\nexit 2\n$/,
  ],
  ['stdin closed for a password', 'xenfai status --password-file - <&-', /exit 4\n$/],
  ['stdout closed', `${rearm} >&-`, /^exit 0\n$/],
  ['stderr closed', 'xenfai status nobody 2>&-', /^exit 7\n$/],
  ['all closed', `${rearm} <&- >&- 2>&-`, /^exit 0\n$/],
  ['stdout on a full disk', `${rearm} --dry-run >/dev/full`, untold],
  ['the version on a full disk', 'xenfai --version >/dev/full', untold],
  ['the help on a full disk', 'xenfai help >/dev/full', untold],
  [
    'an archive on a full disk',
    archive(),
    /archive was not taken.*\n {2}why: no space left on device\.\n.*or the disk\.\nexit 2\n$/,
  ],
  ['a failure that cannot be told either', 'xenfai status nobody --json >/dev/full', /^exit 7\n$/],
  ['stderr on a full disk', 'xenfai status nobody 2>/dev/full', /^exit 7\n$/],
  ['no HOME', `cd '${stand}'; unset HOME; XDG_STATE_HOME='${home}' ${rearm}`, /^exit 0\n$/],
  ['a HOME that is a file', `HOME='${folder}/file' ${rearm}`, unwritten('not a directory')],
  ['a HOME that takes no folders', `HOME=/proc ${rearm}`, unwritten('no such file or directory')],
  ['TMPDIR missing', `TMPDIR=/nonexistent ${rearm}`, /^exit 0\n$/],
  [
    'the folder one stands in removed',
    `mkdir '${folder}/gone'; cd '${folder}/gone'; rmdir "$PWD"; ${rearm}`,
    /^exit 0\n$/,
  ],
  ['umask 777', `umask 777; HOME='${folder}/new' ${rearm}`, /^(Warning: .*\n)?exit 0\n$/],
  ['few descriptors', `ulimit -n 40; ${rearm}`, /^exit 0\n$/],
  ['no file may be written', `ulimit -f 0; HOME='${folder}/other' ${rearm}`, unwritten('file too large')],
])('%s', async (_, line, told) => {
  const { err } = await shell(sim, line, { HOME: home });
  expect(err).toMatch(told);
  expect(err).not.toMatch(/\n {4}at |fault/);
});

function archive(): string {
  const file = `'${folder}/file'`;
  return `xenfai stage --tar - --kernel ${file} --initrd ${file} --force --release lenny --arch i386 >/dev/full`;
}

test('a relative path is no home: nothing is made where one happens to stand', async () => {
  const line = `cd '${stand}'; ${rearm}; cd /; xenfai journal --json`;
  const relative = { HOME: home, XDG_STATE_HOME: 'rel', XDG_CONFIG_HOME: 'rel', XDG_CACHE_HOME: 'rel' };
  const { out } = await shell(sim, line, relative);
  expect(JSON.parse(out.split('\n').at(-2) ?? '').events.length).toBeGreaterThan(0);
  expect(readdirSync(stand)).toEqual([]);
  expect(existsSync(join(home, '.local/state/xenfai/journal.jsonl'))).toBe(true);
});
