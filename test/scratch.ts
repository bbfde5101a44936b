import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

// What the tests, attacks and benchmarks make below the temporary folder, and what programs leave there that they kill,
// goes with them: each run has a temporary folder of its own, made when this file is first read (vitest reads it before
// it begins its workers), and handed on to every child as TMPDIR.

const prefix = 'xenfai-run-';
const day = 86_400_000;

/** A folder of this process, removed when it ends; others look into it (nginx does) but may not write. */
export function scratchIn(base: string): string {
  removeOld(base);
  const folder = mkdtempSync(join(base, prefix));
  chmodSync(folder, 0o755);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Those of runs that were killed themselves. */
function removeOld(base: string): void {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(base, name);
    try {
      if (Date.now() - statSync(path).mtimeMs > day) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another user's, or another run tidies up, too.
    }
  }
}

if (!basename(tmpdir()).startsWith(prefix)) process.env['TMPDIR'] = scratchIn(tmpdir());

/** In memory where there is such a folder: a journal is flushed at every line, and a disk makes thousands of those slow. */
export const memoryFolder = (): string => (existsSync('/dev/shm') ? scratchIn('/dev/shm') : tmpdir());

/** For vitest's globalSetup, which wants a function. */
export default (): void => {};
