import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, normalize } from 'node:path';
import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import type { Repair } from './place.ts';
import { clearBeside, keepOld, placeNew, putBack, type Swap } from './swap.ts';
import { contentOf, type FileWriter } from './writer.ts';

// While a run puts files somewhere its record lies there, `.xenfai-PID-RANDOM.json`: who it is, which files, how far it
// has come. It is written before any temporary file and removed after the last, so that the next run finds what a kill
// left. It is a claim as well: each run writes its own and then looks for others, so of two at once at least one sees
// the other, and a run that sees a living one leaves.

const below = (path: string): boolean =>
  !path.startsWith('/') && normalize(path) === path && !/^\.\.?(\/|$)/.test(path);

const recordSchema = z.object({
  machine: z.string(),
  /** When the process began, in the kernel's own count; a later process may get the same number. */
  started: z.nullable(z.string()),
  state: z.enum(['writing', 'swapping', 'putting-back']),
  files: z.array(z.object({ path: z.string().check(z.refine(below)), fresh: z.boolean() })),
});

type State = z.infer<typeof recordSchema>['state'];

const namePattern = /^\.xenfai-(\d+)-[0-9a-f]{8}(?=\.json$)/;

/**
 * Begins a run in `folder`: claims it, and repairs what dead runs left in it and in the other folders `around`. Errors:
 * ProblemError (busy, exit 8) while another run is at work there.
 */
export async function beginRun(
  folder: string,
  paths: readonly string[],
  around: readonly string[],
  writer: FileWriter,
): Promise<{ readonly swap: Swap; readonly repairs: readonly Repair[] }> {
  const run = `.xenfai-${process.pid}-${randomBytes(4).toString('hex')}`;
  const swap: Swap = { folder, run, files: paths.map((path) => ({ path, fresh: false })) };
  await writer.create(recordPath(swap), contentOf(await recordOf(swap, 'writing')), 0o644);
  const found = (await Promise.all(around.map((one) => findRuns(one)))).flat().filter((one) => one.swap.run !== run);
  const alive = found.find((one) => one.alive);
  if (alive !== undefined) {
    await writer.remove(recordPath(swap));
    fail({
      code: 'busy',
      exit: exit.refused,
      message: `Another xenfai (process ${alive.pid}) is putting files below ${alive.swap.folder}.`,
      try: ['Wait until it is done, and run this again.'],
    });
  }
  const repairs: Repair[] = [];
  for (const dead of found) repairs.push(await repair(dead, writer));
  return { swap, repairs };
}

/** From here on the run is to be finished, by whoever finds its record. `files`: with what is known of them now. */
export const intend = (swap: Swap, writer: FileWriter): Promise<void> => rewrite(swap, 'swapping', writer);

/**
 * Carries out what was intended: all, or, where a file cannot take its place, none. Errors: the file system's, when all
 * is as it was; ProblemError (half-done, exit 2) when it is not, and the record stays for the next run.
 */
export async function finishRun(swap: Swap, writer: FileWriter): Promise<void> {
  try {
    await placeNew(swap, writer);
  } catch (error) {
    await rewrite(swap, 'putting-back', writer);
    await takeBack(swap, writer).catch((worse: unknown) => leave(swap, 'putting-back', worse, writer));
    throw error;
  }
  try {
    await keepOld(swap, writer);
    await clearRun(swap, writer);
  } catch (error) {
    await leave(swap, 'swapping', error, writer);
  }
}

/** Gives the run up, as a kill would: this process may live on, and must not be in the next one's way. */
async function leave(swap: Swap, state: State, error: unknown, writer: FileWriter): Promise<never> {
  await rewrite(swap, state, writer, givenUp).catch(() => {});
  const what =
    state === 'swapping'
      ? `The new files are in place below ${swap.folder}, but those before could not be kept as .bak.`
      : `Below ${swap.folder} some files are new: the old ones could not be put back.`;
  return fail({
    code: 'half-done',
    exit: exit.usage,
    message: what,
    cause: error instanceof Error ? error.message : String(error),
    try: ['Clear away what was in the way, and run this again: it goes on where it stopped.'],
  });
}

async function takeBack(swap: Swap, writer: FileWriter): Promise<void> {
  await putBack(swap, writer);
  await clearRun(swap, writer);
}

/** Ends a run that has swapped nothing, or everything: no temporary file stays. */
export async function clearRun(swap: Swap, writer: FileWriter): Promise<void> {
  await clearBeside(swap, writer);
  await writer.remove(`${recordPath(swap)}~`);
  await writer.remove(recordPath(swap));
}

interface Found {
  readonly pid: number;
  readonly alive: boolean;
  readonly state: State;
  readonly swap: Swap;
}

async function repair({ state, swap }: Found, writer: FileWriter): Promise<Repair> {
  switch (state) {
    case 'writing':
      await clearRun(swap, writer);
      return 'cleared';
    case 'swapping':
      await finishRun(swap, writer);
      return 'finished';
    case 'putting-back':
      await takeBack(swap, writer);
      return 'taken-back';
  }
}

const recordPath = ({ folder, run }: Swap): string => join(folder, `${run}.json`);

/** In place of when a process began: no process began then. */
const givenUp = 'given up';

async function recordOf({ files }: Swap, state: State, given?: string): Promise<string> {
  const record = { machine: hostname(), started: given ?? (await startOf(process.pid)), state, files };
  return `${JSON.stringify(record)}\n`;
}

/** The record is never half written: a new one takes its place whole. */
async function rewrite(swap: Swap, state: State, writer: FileWriter, started?: string): Promise<void> {
  const next = `${recordPath(swap)}~`;
  await writer.remove(next);
  await writer.create(next, contentOf(await recordOf(swap, state, started)), 0o644);
  await writer.rename(next, recordPath(swap));
  await writer.settle(swap.folder);
}

async function findRuns(folder: string): Promise<Found[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(names.map((name) => readRun(folder, name)));
  return found.filter((one) => one !== null);
}

/** Null when it is no record, or has just gone. One that was not written to its end belongs to a run without files yet. */
async function readRun(folder: string, name: string): Promise<Found | null> {
  const match = namePattern.exec(name);
  const text = match === null ? null : await readFile(join(folder, name), 'utf8').catch(() => null);
  const there = await stat(join(folder, name)).catch(() => null);
  if (match === null || text === null || there === null) return null;
  const [run, digits] = match;
  const pid = Number(digits);
  const record = parse(text);
  const here = record === null || record.machine === hostname();
  const started = record === null ? undefined : record.started;
  return {
    pid,
    alive: here ? await isAlive(pid, started) : Date.now() - there.mtimeMs < limits.staging.strangeRun,
    state: record?.state ?? 'writing',
    swap: { folder, run, files: record?.files ?? [] },
  };
}

function parse(text: string): z.infer<typeof recordSchema> | null {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Whether the process that began then still runs. `started` undefined: when it began is not known. */
async function isAlive(pid: number, started: string | null | undefined): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be asked, but it is there.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return started === undefined || started === (await startOf(pid));
}

/** Field 22 of /proc/PID/stat (proc(5)); null where there is no such file. The second may hold blanks and parentheses. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
