import { chmod, copyFile, type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { exit } from '../problem/exit.ts';
import { fail, nothingIsChanged } from '../problem/problem.ts';

/**
 * What may change files: all of staging writes through one, so that --read-only and --dry-run are kept here and nowhere
 * else. Errors are those of the file system, as they come.
 */
export interface FileWriter {
  /** For what another program writes. Errors: ProblemError (read-only, exit 8) when nothing may be written. */
  allow(): void;
  /** Makes one folder; false when it is there already. Its mode is `mode` whatever the umask says. */
  makeFolder(path: string, mode?: number): Promise<boolean>;
  /** Writes a new file, on the disk for good; there must be none of that name. Its mode is `mode` whatever the umask says. */
  create(path: string, content: AsyncIterable<Uint8Array>, mode: number, signal?: AbortSignal): Promise<void>;
  /** A second name for the same file; where the file system knows none, a copy. */
  link(path: string, name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Also good when there is none. */
  remove(path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  /** New names in a folder, on the disk for good. */
  settle(folder: string): Promise<void>;
}

export interface WriterOptions {
  /** Nothing may be written: --read-only, and --dry-run. */
  readonly readOnly?: boolean;
  /** Called before each change with its name: tests end the process here. */
  readonly step?: (change: string) => void;
}

/** Opens the files of this machine for writing, or, read-only, for being refused. */
export function fileWriter({ readOnly = false, step = () => {} }: WriterOptions = {}): FileWriter {
  const allow = (): void => {
    if (!readOnly) return;
    fail({
      code: 'read-only',
      exit: exit.refused,
      message: nothingIsChanged,
      try: ['Use --dry-run.'],
    });
  };
  const change = (name: string): void => {
    allow();
    step(name);
  };
  return {
    allow,
    async makeFolder(path, mode) {
      change(`make folder ${path}`);
      try {
        await mkdir(path);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      }
      if (mode !== undefined) await chmod(path, mode);
      return true;
    },
    async create(path, content, mode, signal) {
      change(`create ${path}`);
      const file = await open(path, 'wx', mode);
      try {
        await pour(content, file, () => change(`write ${path}`), signal);
        await file.chmod(mode);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    async link(path, name) {
      change(`link ${name}`);
      await link(path, name).catch(() => copyFile(path, name));
    },
    async rename(from, to) {
      change(`rename ${from}`);
      await rename(from, to);
    },
    async remove(path) {
      change(`remove ${path}`);
      await rm(path, { force: true });
    },
    async setMode(path, mode) {
      change(`set mode ${path}`);
      await chmod(path, mode);
    },
    async settle(folder) {
      change(`settle ${folder}`);
      const handle = await open(folder, 'r');
      await handle.sync().finally(() => handle.close());
    },
  };
}

async function pour(
  content: AsyncIterable<Uint8Array>,
  file: FileHandle,
  step: () => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const chunk of content) {
    signal?.throwIfAborted();
    step();
    await file.writeFile(chunk);
  }
}

/** A text as the content of a new file. */
export async function* contentOf(text: string, encoding: BufferEncoding = 'utf8'): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, encoding);
}
