import { execFileSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../../source/limits/limits.ts';
import { fileLearned, type Learned } from '../../source/settings/learned.ts';

const vm = '10541ec4-33d7-4a7b-ba69-60764e20ad86';
const entry: Learned = {
  vm,
  arming: 'r 2026-11-24T02:00:00Z',
  started: 1,
  installerDomain: 5,
  progress: {
    task: 'instsoft',
    percent: 46,
    outcome: 'running',
    code: 0,
    failedTask: null,
    rebooting: false,
    ended: false,
  },
  task: 2,
  heard: 3,
  outcomeAt: null,
  messages: [{ at: 2, text: 'TASKBEGIN instsoft' }],
};

let state: string;
let file: string;
beforeEach(() => {
  state = join(mkdtempSync(join(tmpdir(), 'xenfai-')), 'state');
  file = join(state, 'progress', `${vm}.json`);
});
const put = (name: string, text: string) => {
  mkdirSync(join(state, 'progress'), { recursive: true });
  writeFileSync(join(state, 'progress', name), text);
};

test('what one has kept another recalls, until it is forgotten', () => {
  fileLearned(state).keep(entry);
  expect(fileLearned(state).recall(vm)).toEqual(entry);
  fileLearned(state).keep({ ...entry, heard: 9 });
  expect(fileLearned(state).recall(vm)?.heard).toBe(9);
  fileLearned(state).forget(vm);
  expect(fileLearned(state).recall(vm)).toBeNull();
  fileLearned(state).forget(vm);
});

test('only its owner can look into it, and no draft stays', () => {
  fileLearned(state).keep(entry);
  expect(statSync(join(state, 'progress')).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(state, 'progress'))).toEqual([`${vm}.json`]);
});

test('reading makes nothing', () => {
  expect(fileLearned(state).recall(vm)).toBeNull();
  expect(() => statSync(state)).toThrow();
});

describe('what is no file of ours is none', () => {
  const whole = JSON.stringify(entry);
  test.each([
    ['torn', whole.slice(0, 200)],
    ['empty', ''],
    ['of another VM', whole.replace(vm, vm.replace('1', '2'))],
    ['of another form', '{"vm":1}'],
    ['too large', whole.replace('instsoft', 'x'.repeat(limits.learned.size))],
    ['a percentage of its own', whole.replace('46', '4600')],
  ])('%s', (_, text) => {
    put(`${vm}.json`, text);
    expect(fileLearned(state).recall(vm)).toBeNull();
  });

  test('a link, a folder, and a pipe that nobody writes', () => {
    mkdirSync(join(state, 'progress'), { recursive: true });
    const elsewhere = join(state, 'elsewhere.json');
    writeFileSync(elsewhere, whole);
    symlinkSync(elsewhere, file);
    expect(fileLearned(state).recall(vm)).toBeNull();
    // Writing replaces the link, and leaves alone what it pointed to.
    fileLearned(state).keep({ ...entry, heard: 9 });
    expect(readFileSync(elsewhere, 'utf8')).toBe(whole);
    expect(fileLearned(state).recall(vm)?.heard).toBe(9);
    const [pipe, folder] = [vm.replace('1', '2'), vm.replace('1', '3')];
    execFileSync('mkfifo', [join(state, 'progress', `${pipe}.json`)]);
    mkdirSync(join(state, 'progress', `${folder}.json`));
    for (const other of [pipe, folder]) expect(fileLearned(state).recall(other)).toBeNull();
  });

  test('whatever stands in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        put(`${vm}.json`, text);
        expect(fileLearned(state).recall(vm)).toBeNull();
      }),
    );
  });

  test('a name that is no uuid leads nowhere', () => {
    for (const name of ['../../x', '', `../${vm}`, `${vm}\0`]) {
      fileLearned(state).keep({ ...entry, vm: name });
      expect(fileLearned(state).recall(name)).toBeNull();
    }
    expect(() => statSync(state)).toThrow();
  });
});

test('what nobody has written for a month goes, with the drafts of killed processes', () => {
  const [old, young] = [vm.replace('1', '2'), vm.replace('1', '3')];
  put(`${old}.json`, '{}');
  put(`${young}.json`, '{}');
  put(`.${vm}.1`, 'torn');
  const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);
  const age = (name: string, at: Date) => utimesSync(join(state, 'progress', name), at, at);
  age(`${old}.json`, ago(limits.learned.age + 60_000));
  age(`${young}.json`, ago(limits.learned.age - 60_000));
  age(`.${vm}.1`, ago(limits.learned.draft + 60_000));
  fileLearned(state).keep(entry);
  expect(readdirSync(join(state, 'progress')).sort()).toEqual([`${vm}.json`, `${young}.json`].sort());
});

test('a folder that cannot be written is no hindrance', () => {
  fileLearned('/proc/xenfai').keep(entry);
  expect(fileLearned('/proc/xenfai').recall(vm)).toBeNull();
});

test.skipIf(process.getuid?.() !== 0)('a file that somebody else has put there is none', () => {
  fileLearned(state).keep(entry);
  chownSync(file, 65534, 65534);
  expect(fileLearned(state).recall(vm)).toBeNull();
});
