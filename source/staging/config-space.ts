import { chmod, copyFile, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FaiFile } from '../fai/files/files.ts';
import { type Merged, merge } from '../fai/files/merge.ts';
import { exit } from '../problem/exit.ts';
import { fail, ProblemError } from '../problem/problem.ts';

/** A file of the config space as it is and as it will be. */
export interface PlannedFile {
  readonly file: FaiFile;
  readonly before: string | null;
  readonly merged: Merged;
  /** The bits do not fit: FAI passes over scripts that are not executable without a word. */
  readonly wrongMode: boolean;
}

const most = 1024 * 1024;

/** Reads what is there; nothing is written. Errors: exit 2 when the folder or a file cannot be read. */
export async function planFiles(root: string, files: readonly FaiFile[]): Promise<PlannedFile[]> {
  const there = await stat(root).catch(() => null);
  if (there !== null && !there.isDirectory())
    fail({ code: 'no-such-folder', exit: exit.usage, message: `${root} is no folder.` });
  return Promise.all(
    files.map(async (file): Promise<PlannedFile> => {
      const path = join(root, file.path);
      const found = await stat(path).catch(() => null);
      if (found !== null && (!found.isFile() || found.size > most)) {
        return {
          file,
          before: null,
          wrongMode: false,
          merged: { change: 'refused', why: 'something else is in its place' },
        };
      }
      const before =
        found === null ? null : await readFile(path, 'latin1').catch((error: unknown) => unreadable(path, error));
      const executable = found !== null && (found.mode & 0o111) !== 0;
      return {
        file,
        before,
        merged: merge(file, before),
        wrongMode: found !== null && executable !== (file.mode === 0o755),
      };
    }),
  );
}

function unreadable(path: string, error: unknown): never {
  return fail({
    code: 'not-read',
    exit: exit.usage,
    message: `${path} cannot be read.`,
    cause: error instanceof Error ? error.message : String(error),
  });
}

/** The config space itself is made when only it is missing: with a longer path it is a typo. */
export async function makeSpace(root: string): Promise<void> {
  if ((await stat(root).catch(() => null)) !== null) return;
  // Not recursive: where a file system cannot make folders (proc), Node would try for ever.
  await mkdir(root).catch((error: unknown) => notWritten(root, error));
}

/** A name that is free, and ends with ~: all of FAI passes over such files, over .bak only a part of it. */
async function backupName(path: string): Promise<string> {
  for (let n = 0; ; n += 1) {
    const name = n === 0 ? `${path}~` : `${path}.${n}~`;
    if ((await stat(name).catch(() => null)) === null) return name;
  }
}

/** Writes one file at once under its name, or under what a link there leads to; what stood there is kept. */
export async function writeFile(root: string, { file, before, merged }: PlannedFile): Promise<void> {
  if (merged.change === 'refused') return;
  const named = join(root, file.path);
  const path = await realpath(named).catch(() => named);
  const temporary = `${path}.xenfai~`;
  try {
    await mkdir(dirname(path), { recursive: true });
    if (merged.change !== 'same') {
      if (before !== null) await copyFile(path, await backupName(path));
      await writeAll(temporary, merged.text, file.mode);
      await rename(temporary, path);
    }
    await chmod(path, file.mode);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    notWritten(path, error);
  }
}

function notWritten(path: string, error: unknown): never {
  throw new ProblemError(
    {
      code: 'not-written',
      exit: exit.usage,
      message: `${path} could not be written.`,
      cause: error instanceof Error ? error.message : String(error),
      try: ['Give a folder that is there, and run it as the user who owns the config space.'],
    },
    { cause: error },
  );
}

async function writeAll(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, 'w', mode);
  try {
    // Byte for byte: a site's hook may be in any encoding.
    await handle.writeFile(text, 'latin1');
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(path, mode);
}
