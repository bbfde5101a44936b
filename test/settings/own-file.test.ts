import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { fileJournal } from '../../source/operations/journal.ts';
import { ProblemError } from '../../source/problem/problem.ts';
import { readGiven } from '../../source/settings/given-file.ts';
import { fileLearned } from '../../source/settings/learned.ts';
import { readOwn } from '../../source/settings/own-file.ts';
import { openSettings } from '../../source/settings/settings.ts';
import { xenfai } from '../harness.ts';
import { programPath, realTest } from '../real/needs.ts';

// Files of ours, and files that somebody names, may be anything: none of them holds the program up.

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xenfai-own-'));
});

/** What may stand at a path in place of a file. */
const strange: readonly [what: string, make: (path: string) => void, told: RegExp][] = [
  ['a pipe', (path) => void execFileSync('mkfifo', [path]), /it is no file/],
  ['a device', (path) => symlinkSync('/dev/zero', path), /it is no file|too many symbolic links/],
  ['a folder', (path) => void mkdirSync(path), /it is no file|illegal operation on a directory/],
  ['a link to itself', (path) => symlinkSync(path, path), /too many symbolic links/],
  ['a file that everybody may write', (path) => everybodys(path), /everybody may write to it/],
];
function everybodys(path: string): void {
  writeFileSync(path, '{}');
  chmodSync(path, 0o666);
}

describe.each(strange)('%s', (_, make, told) => {
  test('as config.json: exit 2, and it is said what it is', () => {
    make(join(folder, 'config.json'));
    try {
      openSettings(folder);
      expect.unreachable();
    } catch (error) {
      const problem = error instanceof ProblemError ? error.problem : null;
      expect(problem).toMatchObject({ exit: 2, code: 'config-unreadable', cause: expect.stringMatching(told) });
    }
  });

  test('as the journal: a warning, and the work goes on; reading it is exit 2', async () => {
    const path = join(folder, 'journal.jsonl');
    make(path);
    const said: string[] = [];
    fileJournal(path, (text) => said.push(text)).write({
      id: '1',
      at: '',
      user: '',
      host: '',
      pool: '',
      operation: 'start',
      target: '',
      event: 'begun',
    });
    expect(said).toEqual([expect.stringMatching(told)]);
    const ran = await xenfai(null, ['journal', '--json'], { env: { XENFAI_STATE_DIR: folder } });
    expect(ran).toMatchObject({ code: 2, json: { error: { code: 'journal', cause: expect.stringMatching(told) } } });
  });

  test('as what was learned: nothing was', () => {
    const vm = '433e2c35-7946-55f7-1652-a5f6d540263d';
    mkdirSync(join(folder, 'progress'));
    make(join(folder, 'progress', `${vm}.json`));
    expect(fileLearned(folder).recall(vm)).toBeNull();
  });
});

test('a huge config.json is refused before it is read', () => {
  writeFileSync(join(folder, 'config.json'), ' '.repeat(2 * 1024 ** 2));
  expect(() => openSettings(folder)).toThrow('config.json cannot be read');
});

test('no journal is written through a link', () => {
  const path = join(folder, 'journal.jsonl');
  writeFileSync(join(folder, 'passwd'), 'root\n');
  symlinkSync(join(folder, 'passwd'), path);
  const said: string[] = [];
  fileJournal(path, (text) => said.push(text)).write({} as never);
  expect(said).toHaveLength(1);
  expect(readFileSync(join(folder, 'passwd'), 'utf8')).toBe('root\n');
});

test('of a file the end is read, or an error told', () => {
  const path = join(folder, 'f');
  writeFileSync(path, 'abcdef');
  expect(readOwn(path, 3, 'its end')).toBe('def');
  expect(readOwn(path, 9)).toBe('abcdef');
  expect(() => readOwn(path, 3)).toThrow('it has more than 3 B');
});

test('a folder that everybody may write to is not used, one that is sticky is', () => {
  writeFileSync(join(folder, 'config.json'), '{}');
  chmodSync(folder, 0o777);
  expect(() => openSettings(folder)).toThrow('cannot be read');
  chmodSync(folder, 0o1777);
  expect(openSettings(folder).profiles()).toEqual([]);
  chmodSync(folder, 0o775);
  expect(openSettings(folder).profiles()).toEqual([]);
});

describe.runIf(isRoot)('root', () => {
  test('leaves nothing of its own in the folders of somebody else', async () => {
    chownSync(folder, nobody, nobody);
    const state = join(folder, 'state/xenfai');
    const path = join(state, 'journal.jsonl');
    fileJournal(path, (text) => expect.unreachable(text)).write({ event: 'begun' } as never);
    await openSettings(join(folder, 'config/xenfai')).save({ name: 'a', address: 'b', user: 'c' });
    for (const made of [join(folder, 'state'), state, path, join(folder, 'config/xenfai/config.json')])
      expect(statSync(made).uid, made).toBe(nobody);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('believes no file of another than the owner of the folder', () => {
    const path = join(folder, 'config.json');
    writeFileSync(path, '{}');
    chownSync(path, nobody, nobody);
    expect(() => openSettings(folder)).toThrow('cannot be read');
    chownSync(folder, nobody, nobody);
    expect(openSettings(folder).profiles()).toEqual([]);
  });

  test('another user is not believed by whoever is not root', () => {
    writeFileSync(join(folder, 'config.json'), '{}');
    chmodSync(folder, 0o755);
    chownSync(folder, 1, 1);
    const module = join(import.meta.dirname, '../../source/settings/own-file.ts');
    const code = `process.setgid(${nobody}); process.setuid(${nobody}); (await import(process.argv[1])).ourFolder(process.argv[2])`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', code, module, folder]);
    expect(ran.stderr.toString()).toContain('it belongs to another user');
  });
});

describe('a file that somebody names', () => {
  const inShell = (script: string) =>
    spawnSync(programPath('bash'), ['-c', script, process.execPath, join(import.meta.dirname, 'read-given.ts')], {
      input: 'from stdin',
      encoding: 'utf8',
      timeout: 30_000,
    });

  const given: readonly (readonly [what: string, script: string, told: string])[] = [
    ['-', '"$0" "$1" -', 'from stdin'],
    ['/dev/stdin, a pipe', 'echo -n piped | "$0" "$1" /dev/stdin', 'piped'],
    ['/dev/stdin, a file', '"$0" "$1" /dev/stdin < <(echo -n fed)', 'fed'],
    ['<(…)', '"$0" "$1" <(echo -n made)', 'made'],
    ['<(…) that takes its time', '"$0" "$1" <(sleep 0.3; echo -n slow)', 'slow'],
    ['<(…) that says nothing', '"$0" "$1" <(true)', ''],
    [
      'a pipe with a name',
      'p=$(mktemp -u); mkfifo $p; (sleep 0.3; echo -n named > $p) & "$0" "$1" $p; rm $p',
      'named',
    ],
  ];
  for (const [what, script, told] of given) {
    realTest(what, ['bash'], () => {
      expect(inShell(script)).toMatchObject({ stdout: told, status: 0 });
    });
  }

  test.each([
    ['a folder', () => folder, /it is a folder/],
    ['a device without an end', () => '/dev/zero', /it has more than 100 B/],
    ['too large a file', () => large(), /it has more than 100 B/],
    ['what is not there', () => join(folder, 'no'), /^there is no such file$/],
  ])('%s', async (_, path, told) => {
    await expect(readGiven(path(), 100)).rejects.toThrow(told);
  });
  const large = (): string => {
    const path = join(folder, 'large');
    appendFileSync(path, 'x'.repeat(101));
    return path;
  };

  test('a pipe that nobody writes to ends with the signal', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const life = new AbortController();
    const read = readGiven(path, 100, life.signal);
    life.abort(new Error('Ctrl-C'));
    await expect(read).rejects.toThrow();
  });
});
