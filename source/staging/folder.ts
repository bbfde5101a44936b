import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exit } from '../problem/exit.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import { backupOf, type Place, type Placed, type StagedFile } from './place.ts';

/** A folder of this machine. */
export function folderPlace(root: string): Place {
  return {
    name: root,
    async put(files, signal) {
      await requireFolder(root);
      const run = randomBytes(4).toString('hex');
      const work: Written[] = [];
      try {
        for (const file of files) work.push(await write(root, file, run, signal));
        signal.throwIfAborted();
        await swap(work);
      } catch (error) {
        for (const { temporary } of work) await rm(temporary, { force: true });
        signal.throwIfAborted();
        throw error instanceof ProblemError ? error : notWritten(root, error);
      }
      return work.map((one): Placed => {
        const { file, same, had } = one;
        const backup = had && isKept(one, work) ? backupOf(file.path) : null;
        return { path: file.path, bytes: file.size, sha256: file.sha256, changed: !same, backup };
      });
    },
  };
}

/** The web root must be there: a typo must not become a new tree. */
async function requireFolder(root: string): Promise<void> {
  const there = await stat(root).catch(() => null);
  if (there?.isDirectory()) return;
  fail({
    code: 'no-such-folder',
    exit: exit.usage,
    message: `${root} is no folder of this machine.`,
    try: ['Give the folder that the repository URL points at; for another machine user@host:/dir.'],
  });
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
      try: ['Run it as the user who owns the folder, or choose another --root.'],
    },
    { cause: error },
  );
}

interface Written {
  readonly file: StagedFile;
  readonly target: string;
  readonly temporary: string;
  /** What is there has these very bytes. */
  readonly same: boolean;
  readonly had: boolean;
}

/** Writes the file beside its place under a name of this run, on the disk for good. */
async function write(root: string, file: StagedFile, run: string, signal: AbortSignal): Promise<Written> {
  const target = join(root, file.path);
  const temporary = join(dirname(target), `.xenfai-${run}-${file.path.split('/').at(-1)}`);
  await makeFolders(root, file.path);
  const before = await hashOf(target);
  const written = { file, target, temporary, had: before !== null };
  if (before === file.sha256) {
    await chmod(target, 0o644);
    return { ...written, same: true };
  }
  try {
    await pipeline(file.open(), createWriteStream(temporary, { flags: 'wx', mode: 0o644, flush: true }), { signal });
    // The umask may have taken bits away that the web server needs.
    await chmod(temporary, 0o644);
    if ((await hashOf(temporary)) !== file.sha256) throw new Error(`${file.path} changed while it was read`);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { ...written, same: false };
}

/** Kernel and initrd are a pair: with one of them the other is kept, too, so that both .bak belong together. */
const isKept = (one: Written, work: readonly Written[]): boolean =>
  !one.same || (isNetboot(one) && work.some((other) => isNetboot(other) && !other.same));

const isNetboot = ({ file }: Written): boolean => file.path.startsWith('dists/');

/** Keeps what is there as .bak and puts the new files in its place; a failure puts the old ones back. */
async function swap(work: readonly Written[]): Promise<void> {
  const done: Written[] = [];
  try {
    for (const one of work) {
      if (one.had && isKept(one, work)) await keep(one.target);
      if (one.same) continue;
      await rename(one.temporary, one.target);
      done.push(one);
      await syncFolder(dirname(one.target));
    }
  } catch (error) {
    for (const { target, had } of done) {
      if (had) await rename(backupOf(target), target);
      else await rm(target, { force: true });
    }
    throw error;
  }
}

/**
 * The folders between the root and a file. Whatever the umask says, the web server must be able to go in; those that
 * are there keep their modes. One by one: with `recursive` Node tries for ever where a file system makes none (proc).
 */
async function makeFolders(root: string, path: string): Promise<void> {
  let at = root;
  for (const name of dirname(path).split('/')) {
    at = join(at, name);
    const made = await mkdir(at).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (made) await chmod(at, 0o755);
  }
}

/** A second name for the same file; where the file system knows none, a copy. */
async function keep(target: string): Promise<void> {
  const backup = backupOf(target);
  await rm(backup, { force: true });
  await link(target, backup).catch(() => copyFile(target, backup));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** SHA-256 of a file; null when there is none. */
async function hashOf(path: string): Promise<string | null> {
  if ((await stat(path).catch(() => null)) === null) return null;
  return sha256Of(createReadStream(path));
}

export async function sha256Of(stream: Readable): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of stream as AsyncIterable<Uint8Array>) sum.update(chunk);
  return sum.digest('hex');
}

/** A file of this machine, to be staged under another name. */
export async function stagedFile(path: string, source: string): Promise<StagedFile> {
  const { size } = await stat(source);
  const open = () => createReadStream(source);
  return { path, size, open, sha256: await sha256Of(open()) };
}

export function stagedBytes(path: string, data: Uint8Array): StagedFile {
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { path, size: data.length, sha256, open: () => Readable.from([data]) };
}
