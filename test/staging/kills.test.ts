import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folderPlace } from '../../source/staging/folder.ts';
import { stagedBytes } from '../../source/staging/staged-file.ts';
import { type FileWriter, fileWriter } from '../../source/staging/writer.ts';
import {
  fill,
  killOnce,
  look,
  pair,
  randomKills,
  stageKilled,
  stageWhole,
  withPool,
  wrongAfterWhole,
} from './kills.ts';

const folder = mkdtempSync(join(tmpdir(), 'xenfai-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const root = (): string => mkdtempSync(join(folder, 'root-'));
const signal = new AbortController().signal;

const scenes: [string, readonly string[], string | null, string | null][] = [
  ['into an empty root', pair, null, null],
  ['with a package, over a pair that has an older one as .bak', withPool, 'one', 'zero'],
];

describe('stage killed at every change it makes, and run again', () => {
  test.each(scenes)('%s: one pair in place, one pair as .bak, nothing else', async (_, paths, now, before) => {
    const wrong: string[] = [];
    let at = 0;
    let more = true;
    // Two at a time, as the machine has cores.
    const worker = async (): Promise<void> => {
      while (more) {
        at += 1;
        const mine = at;
        const place = root();
        fill(place, paths, now, before);
        const { killed, wrong: found } = await killOnce(place, mine, paths);
        if (!killed) more = false;
        wrong.push(...found.map((text) => `killed at ${mine}: ${text}`));
      }
    };
    await Promise.all([worker(), worker()]);
    expect(wrong).toEqual([]);
    expect(at).toBeGreaterThan(20);
  });

  test('killed again and again at random, with one and the same pair or with others', async () => {
    // The same numbers each time: a failure must be found again.
    let state = 20101115;
    const random = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) / 2 ** 24;
    };
    const { kills, wrong } = await randomKills(folder, 8, random);
    expect(wrong).toEqual([]);
    expect(kills).toBeGreaterThan(4);
  });

  test('killed between the two renames: the next run finishes it first, and says so', async () => {
    const place = root();
    fill(place, pair, 'one', 'zero');
    expect(await stageKilled(place, 'two', 'rename .*-new-initrd', pair)).toBe(true);
    expect(look(place, pair).now).toEqual(['two', 'one']);
    expect(await stageWhole(place, 'two', pair)).toEqual(['finished']);
    expect(look(place, pair)).toEqual({ now: ['two', 'two'], before: ['one', 'one'], temporaries: [] });
  });
});

test('only the kernel is another one, twice: the initrd and its .bak are two names of one file', async () => {
  const place = root();
  fill(place, pair, 'one', null);
  const [kernel = '', initrd = ''] = pair;
  const unchanged = stagedBytes(initrd, readFileSync(join(place, initrd)));
  for (const version of ['two', 'three']) {
    const changed = stagedBytes(kernel, Buffer.from(`${version} vmlinuz`));
    const { placed } = await folderPlace(place, fileWriter()).put([changed, unchanged], signal);
    expect(placed).toMatchObject([
      { changed: true, backup: `${kernel}.bak` },
      { changed: false, backup: `${initrd}.bak` },
    ]);
  }
  expect(look(place, pair)).toEqual({ now: ['three', 'one'], before: ['two', 'one'], temporaries: [] });
});

test('half a pair was there, and a whole one as .bak: no .bak of an earlier run stays beside the half', async () => {
  const place = root();
  fill(place, pair, 'one', 'zero');
  rmSync(join(place, pair[1] ?? ''));
  await stageWhole(place, 'two', pair);
  expect(look(place, pair)).toEqual({ now: ['two', 'two'], before: ['one', null], temporaries: [] });
});

describe('a run that another one is in the way of', () => {
  const record = (place: string): string =>
    join(place, dirname(pair[0] ?? ''), `.xenfai-${process.pid}-00000000.json`);
  const entry = (started: string | null, machine: string): string =>
    JSON.stringify({ machine, started, state: 'writing', files: [] });

  test('is refused while that one lives, and leaves nothing; a later process of its number is another', async () => {
    const { hostname } = await import('node:os');
    const place = root();
    fill(place, pair, 'one', null);
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    for (const [since, machine] of [
      [started, hostname()],
      ['1', 'another-machine'],
    ] as const) {
      writeFileSync(record(place), entry(since, machine));
      await expect(stageWhole(place, 'two', pair)).rejects.toMatchObject({ problem: { code: 'busy', exit: 8 } });
      expect(look(place, pair)).toMatchObject({ now: ['one', 'one'], temporaries: [expect.any(String)] });
    }
    writeFileSync(record(place), entry('1', hostname()));
    expect(await stageWhole(place, 'two', pair)).toEqual(['cleared']);
    expect(wrongAfterWhole(place, 'two', pair)).toEqual([]);
  });

  test('both at once: never a mixed pair', async () => {
    const place = root();
    fill(place, pair, 'one', null);
    const ended = await Promise.allSettled(['two', 'three'].map((version) => stageWhole(place, version, pair)));
    const { now } = look(place, pair);
    expect(new Set(now).size).toBe(1);
    expect(now[0] === 'one').toBe(ended.every(({ status }) => status === 'rejected'));
    await stageWhole(place, 'four', pair);
    expect(wrongAfterWhole(place, 'four', pair)).toEqual([]);
  });

  test('a record that names files elsewhere moves nothing there', async () => {
    const place = root();
    fill(place, pair, 'one', null);
    const elsewhere = root();
    writeFileSync(join(elsewhere, '.xenfai-1-00000000-new-file'), 'theirs');
    const path = `../../../../../../../../../${elsewhere.split('/').at(-1)}/file`;
    const name = join(place, dirname(pair[0] ?? ''), '.xenfai-999999999-00000000.json');
    writeFileSync(
      name,
      JSON.stringify({ machine: '', started: null, state: 'swapping', files: [{ path, fresh: true }] }),
    );
    await stageWhole(place, 'two', pair);
    expect(readdirSync(elsewhere)).toEqual(['.xenfai-1-00000000-new-file']);
    expect(wrongAfterWhole(place, 'two', pair)).toEqual([]);
  });
});

describe('a rename that fails', () => {
  /** The real writer, but this rename fails. */
  const failing = (which: (from: string, to: string) => boolean): FileWriter => {
    const real = fileWriter();
    return {
      ...real,
      rename: (from, to) => (which(from, to) ? Promise.reject(new Error('EIO')) : real.rename(from, to)),
    };
  };
  const files = pair.map((path) => stagedBytes(path, Buffer.from(`two ${path.split('/').at(-1)}`)));

  test('of the second file: the first goes back, .bak is as it was', async () => {
    const place = root();
    fill(place, pair, 'one', 'zero');
    const writer = failing((from) => from.endsWith('-new-initrd.gz'));
    await expect(folderPlace(place, writer).put(files, signal)).rejects.toMatchObject({
      problem: { code: 'not-written', cause: 'EIO' },
    });
    expect(look(place, pair)).toEqual({ now: ['one', 'one'], before: ['zero', 'zero'], temporaries: [] });
  });

  test('of a .bak: the new pair stays, and the next run keeps the old one', async () => {
    const place = root();
    fill(place, pair, 'one', 'zero');
    const writer = failing((_, to) => to.endsWith('initrd.gz.bak'));
    await expect(folderPlace(place, writer).put(files, signal)).rejects.toMatchObject({
      problem: { code: 'half-done', cause: 'EIO' },
    });
    expect(look(place, pair)).toMatchObject({ now: ['two', 'two'], before: ['one', 'zero'] });
    expect(await stageWhole(place, 'two', pair)).toEqual(['finished']);
    expect(look(place, pair)).toEqual({ now: ['two', 'two'], before: ['one', 'one'], temporaries: [] });
  });

  test('of an old file that goes back: said so, and the next run goes on', async () => {
    const place = root();
    fill(place, pair, 'one', 'zero');
    const writer = failing((from) => from.endsWith('-new-initrd.gz') || from.endsWith('-old-vmlinuz'));
    await expect(folderPlace(place, writer).put(files, signal)).rejects.toMatchObject({
      problem: { code: 'half-done', message: expect.stringContaining('could not be put back') },
    });
    expect(look(place, pair).now).toEqual(['two', 'one']);
    expect(await stageWhole(place, 'one', pair)).toEqual(['taken-back']);
    expect(look(place, pair)).toEqual({ now: ['one', 'one'], before: ['zero', 'zero'], temporaries: [] });
  });
});

test('a writer opened read-only writes nothing', async () => {
  const place = root();
  fill(place, pair, 'one', null);
  await expect(
    folderPlace(place, fileWriter({ readOnly: true })).put([stagedBytes(pair[0] ?? '', Buffer.from('x'))], signal),
  ).rejects.toMatchObject({ problem: { code: 'read-only', exit: 8 } });
  expect(look(place, pair)).toEqual({ now: ['one', 'one'], before: [null, null], temporaries: [] });
});
