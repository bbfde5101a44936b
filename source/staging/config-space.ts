import { readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { FaiFile } from '../fai/files/files.ts';
import { type Merged, merge } from '../fai/files/merge.ts';
import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import { systemText } from '../problem/system-text.ts';
import { kindOf } from '../settings/given-file.ts';
import { contentOf, type FileWriter } from './writer.ts';

/** A file of the config space as it is and as it will be. */
export interface PlannedFile {
  readonly file: FaiFile;
  /** Where it is written: what a link leads to, within the config space. */
  readonly path: string;
  readonly before: string | null;
  readonly merged: Merged;
  /** The bits do not fit: FAI passes over scripts that are not executable without a word. */
  readonly wrongMode: boolean;
}

/**
 * Reads what is there; nothing is written. A link is followed within the config space, one that leads out of it is
 * refused. Errors: exit 2 when the folder or a file cannot be read.
 */
export async function planFiles(root: string, files: readonly FaiFile[]): Promise<PlannedFile[]> {
  const there = await stat(root).catch(() => null);
  const link = there === null ? await readlink(root).catch(() => null) : null;
  const what = there === null ? `a link to ${link}, which is not there` : `${kindOf(there)}, not a folder`;
  if (link !== null || (there !== null && !there.isDirectory()))
    fail({ code: 'no-such-folder', exit: exit.usage, message: `${root} is ${what}.` });
  const space = there === null ? root : await realpath(root);
  return Promise.all(files.map((file) => planFile(space, file)));
}

async function planFile(space: string, file: FaiFile): Promise<PlannedFile> {
  const place = await resolveIn(space, file.path);
  const { path } = place;
  const refused = (why: string): PlannedFile => ({
    file,
    path,
    before: null,
    wrongMode: false,
    merged: { change: 'refused', why },
  });
  if (place.why !== null) return refused(place.why);
  const found = await stat(path).catch(() => null);
  if (found !== null && (!found.isFile() || found.size > limits.staging.configFile))
    return refused('something else is in its place');
  const before =
    found === null ? null : await readFile(path, 'latin1').catch((error: unknown) => unreadable(path, error));
  const executable = found !== null && (found.mode & 0o111) !== 0;
  return {
    file,
    path,
    before,
    merged: merge(file, before),
    wrongMode: found !== null && executable !== (file.mode === 0o755),
  };
}

/** Where a path leads, step by step; `why` is the reason when that is nothing to write to. */
async function resolveIn(
  space: string,
  path: string,
): Promise<{ readonly path: string; readonly why: string | null }> {
  let at = space;
  for (const name of path.split('/')) {
    const about = await stat(at).catch(() => null);
    if (about !== null && !about.isDirectory()) return { path: at, why: `${at} is ${kindOf(about)}, not a folder` };
    const next = join(at, name);
    const link = await readlink(next).catch(() => null);
    const real = link === null ? next : await realpath(next).catch(() => null);
    if (real === null) return { path: next, why: `a link leads nowhere: ${link}` };
    if (/^\.\.(\/|$)/.test(relative(space, real)))
      return { path: next, why: `a link leads out of the config space, to ${real}` };
    at = real;
  }
  return { path: at, why: null };
}

function unreadable(path: string, error: unknown): never {
  return fail({
    code: 'not-read',
    exit: exit.usage,
    message: `${path} cannot be read.`,
    cause: `${systemText(error)}.`,
  });
}

/** The config space itself is made when only it is missing: with a longer path it is a typo. */
export async function makeSpace(root: string, writer: FileWriter): Promise<void> {
  if ((await stat(root).catch(() => null)) !== null) return;
  await writer.makeFolder(root).catch((error: unknown) => notWritten(root, error));
}

/** A name that is free, and ends with ~: all of FAI passes over such files, over .bak only a part of it. */
async function backupName(path: string): Promise<string> {
  for (let n = 0; ; n += 1) {
    const name = n === 0 ? `${path}~` : `${path}.${n}~`;
    if ((await stat(name).catch(() => null)) === null) return name;
  }
}

/**
 * Writes one file at once under its name; what stood there is kept. A kill leaves the old file or the new one, and
 * perhaps a temporary file that FAI passes over and the next run replaces.
 */
export async function writeFile({ file, path, before, merged }: PlannedFile, writer: FileWriter): Promise<void> {
  if (merged.change === 'refused') return;
  const temporary = `${path}.xenfai~`;
  try {
    await makeFolders(dirname(path), writer);
    await writer.remove(temporary);
    if (merged.change !== 'same') {
      if (before !== null) await writer.link(path, await backupName(path));
      // Byte for byte: a site's hook may be in any encoding.
      await writer.create(temporary, contentOf(merged.text, 'latin1'), file.mode);
      await writer.rename(temporary, path);
    } else await writer.setMode(path, file.mode);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    await writer.remove(temporary).catch(() => {});
    notWritten(path, error);
  }
}

/** The folders a file needs, one by one: with `recursive` Node tries for ever where a file system makes none (proc). */
async function makeFolders(folder: string, writer: FileWriter): Promise<void> {
  if (folder === dirname(folder) || (await stat(folder).catch(() => null)) !== null) return;
  await makeFolders(dirname(folder), writer);
  await writer.makeFolder(folder);
}

function notWritten(path: string, error: unknown): never {
  throw new ProblemError(
    {
      code: 'not-written',
      exit: exit.usage,
      message: `${path} could not be written.`,
      cause: `${systemText(error)}.`,
      try: ['Give a folder that is there, and run it as the user who owns the config space.'],
    },
    { cause: error },
  );
}
