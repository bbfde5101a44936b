import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { folderPlace } from '../../source/staging/folder.ts';
import { stagedBytes } from '../../source/staging/staged-file.ts';
import { tarPlace } from '../../source/staging/tar.ts';
import { fileWriter } from '../../source/staging/writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'xenfai-stage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = (): string => mkdtempSync(join(folder, 'root-'));

describe('a folder is written whole or not at all', () => {
  const signal = new AbortController().signal;
  const one = stagedBytes('dists/a/vmlinuz', Buffer.from('new kernel'));
  const two = stagedBytes('dists/a/initrd.gz', Buffer.from('new initrd'));
  const text = (place: string, name: string) => readFileSync(join(place, 'dists/a', name), 'utf8');

  test('the second cannot take its place: the first goes back', async () => {
    const place = root();
    mkdirSync(join(place, 'dists/a/initrd.gz/full'), { recursive: true });
    writeFileSync(join(place, 'dists/a/vmlinuz'), 'old kernel');
    await expect(folderPlace(place, fileWriter()).put([one, two], signal)).rejects.toMatchObject({
      problem: { code: 'not-written', exit: 2 },
    });
    expect(text(place, 'vmlinuz')).toBe('old kernel');
    expect(readdirSync(join(place, 'dists/a')).filter((name) => name.startsWith('.xenfai'))).toEqual([]);
  });

  test('a source that breaks, changes or is interrupted leaves everything as it was', async () => {
    for (const broken of [
      {
        ...two,
        open: () => {
          throw new Error('gone');
        },
      },
      { ...two, sha256: 'f'.repeat(64) },
    ]) {
      const place = root();
      mkdirSync(join(place, 'dists/a'), { recursive: true });
      writeFileSync(join(place, 'dists/a/vmlinuz'), 'old kernel');
      await expect(folderPlace(place, fileWriter()).put([one, broken], signal)).rejects.toThrow();
      expect(readdirSync(join(place, 'dists/a'))).toEqual(['vmlinuz']);
      expect(text(place, 'vmlinuz')).toBe('old kernel');
    }
    const place = root();
    await expect(folderPlace(place, fileWriter()).put([one, two], AbortSignal.abort())).rejects.toThrow();
    expect(existsSync(join(place, 'dists/a/vmlinuz'))).toBe(false);
  });

  test('folders it makes can be entered by a web server, whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      const place = root();
      chmodSync(place, 0o700);
      await folderPlace(place, fileWriter()).put([one], signal);
      expect(['dists', 'dists/a', 'dists/a/vmlinuz'].map((path) => statSync(join(place, path)).mode & 0o777)).toEqual(
        [0o755, 0o755, 0o644],
      );
      expect(statSync(place).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
  });

  test('a reader of the archive that goes away is told, and nothing hangs', async () => {
    const large = stagedBytes('large', Buffer.alloc(8 * 1024 * 1024));
    const out = new PassThrough();
    out.once('data', () => out.destroy(new Error('EPIPE')));
    await expect(tarPlace(out).put([large, large], signal)).rejects.toMatchObject({
      problem: { code: 'not-written', cause: 'EPIPE.' },
    });
    const quiet = new PassThrough();
    quiet.once('data', () => quiet.destroy());
    await expect(tarPlace(quiet).put([large, large], signal)).rejects.toMatchObject({
      problem: { code: 'not-written' },
    });
    const broken = {
      ...large,
      open: () =>
        new Readable({
          read() {
            this.destroy(new Error('unreadable'));
          },
        }),
    };
    const fine = new PassThrough();
    fine.resume();
    await expect(tarPlace(fine).put([broken], signal)).rejects.toMatchObject({ problem: { cause: 'unreadable.' } });
  });

  test('where this user may not write it says so', async () => {
    if (process.getuid?.() === 0) return;
    const place = root();
    chmodSync(place, 0o555);
    await expect(folderPlace(place, fileWriter()).put([one], signal)).rejects.toMatchObject({
      problem: { cause: 'This user may not write there.' },
    });
  });
});
