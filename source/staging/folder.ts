import { stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { exit } from '../problem/exit.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import { kindOf } from '../settings/given-file.ts';
import { backupOf, type Delivery, isOfPair, type Place, type Placed } from './place.ts';
import { beginRun, clearRun, finishRun, intend } from './run-record.ts';
import { hashOf, type StagedFile } from './staged-file.ts';
import { newOf, oldOf, type Swap } from './swap.ts';
import type { FileWriter } from './writer.ts';

/** A folder of this machine. What a kill can leave, and how the next run repairs it, is told in swap.ts. */
export function folderPlace(root: string, writer: FileWriter): Place {
  return {
    name: root,
    async put(files, signal) {
      writer.allow();
      await requireFolder(root);
      try {
        return await putBelow(root, files, writer, signal);
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        signal.throwIfAborted();
        throw notWritten(root, error);
      }
    },
  };
}

async function putBelow(
  root: string,
  files: readonly StagedFile[],
  writer: FileWriter,
  signal: AbortSignal,
): Promise<Delivery> {
  for (const { path } of files) await makeFolders(root, path, writer);
  // Beside the files, not in the root: this user may be allowed to write here alone.
  const folder = commonFolder(files.map(({ path }) => path));
  const local = (path: string): string => relative(folder, path);
  const { swap, repairs } = await beginRun(
    join(root, folder),
    files.map(({ path }) => local(path)),
    foldersAbove(files).map((one) => join(root, one)),
    writer,
  );
  const work: Written[] = [];
  let ready: Swap;
  try {
    for (const file of files) work.push(await write(root, file, newOf(swap, local(file.path)), writer, signal));
    const kept = work.filter((one) => one.had && isKept(one, work));
    for (const { file, target } of kept) {
      await refuseOther(backupOf(target));
      await writer.link(target, oldOf(swap, local(file.path)));
    }
    signal.throwIfAborted();
    ready = { ...swap, files: work.map(({ file, had }) => ({ path: local(file.path), fresh: !had })) };
    if (work.some(({ same }) => !same)) await intend(ready, writer);
  } catch (error) {
    await clearRun(swap, writer);
    throw error;
  }
  // Not to be interrupted any more: it is a matter of a few renames.
  await finishRun(ready, writer);
  return { placed: work.map((one) => placed(one, work)), repairs };
}

function placed(one: Written, work: readonly Written[]): Placed {
  const { file, same, had } = one;
  const backup = had && isKept(one, work) ? backupOf(file.path) : null;
  return { path: file.path, bytes: file.size, sha256: file.sha256, changed: !same, backup };
}

/** The web root must be there: a typo must not become a new tree. */
async function requireFolder(root: string): Promise<void> {
  const there = await stat(root).catch(() => null);
  if (there?.isDirectory()) return;
  fail({
    code: 'no-such-folder',
    exit: exit.usage,
    message: `${root} is not a folder on this machine.`,
    try: ['Give the folder that the repository URL points at; for another machine user@host:/dir.'],
  });
}

/** A pipe would be read for ever, a folder cannot be renamed over. */
async function refuseOther(path: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there !== null && !there.isFile()) throw new Error(`${path} is ${kindOf(there)}, not a file.`);
}

function notWritten(root: string, error: unknown): ProblemError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why: Readonly<Record<string, string>> = {
    EACCES: 'This user may not write there.',
    EPERM: 'This user may not write there.',
    ENOSPC: 'The disk is full.',
    EROFS: 'The file system is mounted read-only.',
    ENOTDIR: 'Something on the way to it is a file, not a folder.',
  };
  return new ProblemError(
    {
      code: 'not-written',
      exit: exit.usage,
      message: `The files could not be put below ${root}; nothing there was changed.`,
      cause: why[code] ?? (error instanceof Error ? error.message : String(error)),
      try: [
        'Run it as the user who owns the folder.',
        { act: 'give', setting: 'root', note: 'to put them elsewhere' },
      ],
    },
    { cause: error },
  );
}

interface Written {
  readonly file: StagedFile;
  readonly target: string;
  /** What is there has these very bytes. */
  readonly same: boolean;
  readonly had: boolean;
}

/** Writes the file beside its place, on the disk for good. */
async function write(
  root: string,
  file: StagedFile,
  temporary: string,
  writer: FileWriter,
  signal: AbortSignal,
): Promise<Written> {
  const target = join(root, file.path);
  await refuseOther(target);
  const before = await hashOf(target);
  const had = before !== null;
  if (before === file.sha256) {
    await writer.setMode(target, 0o644);
    return { file, target, had, same: true };
  }
  await writer.create(temporary, file.open(), 0o644, signal);
  if ((await hashOf(temporary)) !== file.sha256) throw new Error(`${file.path} changed while it was read`);
  return { file, target, had, same: false };
}

const isKept = (one: Written, work: readonly Written[]): boolean =>
  !one.same || (isOfPair(one.file.path) && work.some((other) => isOfPair(other.file.path) && !other.same));

/**
 * The folders between the root and a file. Whatever the umask says, the web server must be able to go in; those that
 * are there keep their modes. One by one: with `recursive` Node tries for ever where a file system makes none (proc).
 */
async function makeFolders(root: string, path: string, writer: FileWriter): Promise<void> {
  let at = root;
  for (const name of dirname(path).split('/')) {
    at = join(at, name);
    await writer.makeFolder(at, 0o755);
  }
}

/** The folder all of the files are in or below. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => dirname(path).split('/'));
  const end = first.findIndex((name, i) => others.some((other) => other[i] !== name));
  return (end === -1 ? first : first.slice(0, end)).join('/');
}

/** Every folder a record of a run with one of these files may lie in: from theirs up to the root. */
function foldersAbove(files: readonly StagedFile[]): string[] {
  const found = new Set<string>(['.']);
  for (const { path } of files) for (let at = dirname(path); at !== '.'; at = dirname(at)) found.add(at);
  return [...found];
}
