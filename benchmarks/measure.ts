import { readFileSync } from 'node:fs';

/** What a row is to be at most: so many times its rival, or so much in its own unit. */
export type Goal = { readonly times: number } | { readonly most: number };

export interface BenchmarkRow {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: string;
  readonly rival: string;
  /** In words, and whether it is met; null: it is only told. */
  readonly goal: { readonly text: string; readonly met: boolean } | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** All sides in turn, so that a slow moment of the machine meets all. Milliseconds, medians. */
export async function allInTurn(runs: number, sides: readonly (() => Promise<number>)[]): Promise<number[]> {
  const times = sides.map((): number[] => []);
  for (const side of sides) await side();
  for (let i = 0; i < runs; i += 1) for (const [at, side] of sides.entries()) times[at]?.push(await side());
  return times.map(median);
}

export async function inTurn(
  runs: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<[number, number]> {
  const [a = Number.NaN, b = Number.NaN] = await allInTurn(runs, [ours, theirs]);
  return [a, b];
}

export const row = (
  what: string,
  ours: number,
  theirs: number,
  unit: string,
  rival: string,
  goal: Goal | null = null,
): BenchmarkRow => ({
  what,
  ours: `${ours.toFixed(0)} ${unit}`,
  theirs: `${theirs.toFixed(0)} ${unit}`,
  ratio: `${(ours / theirs).toFixed(2)}x`,
  rival,
  goal: goal === null ? null : judged(goal, ours, theirs, unit),
});

const judged = (goal: Goal, ours: number, theirs: number, unit: string): NonNullable<BenchmarkRow['goal']> =>
  'times' in goal
    ? { text: `${goal.times}x`, met: ours / theirs <= goal.times }
    : { text: `${goal.most} ${unit}`, met: ours <= goal.most };

/** Milliseconds of processor time that a process has taken, and its memory in MiB (Linux: proc(5)). */
export function usedBy(pid: number): { readonly milliseconds: number; readonly memory: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const memory = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { milliseconds: ticks * 10, memory: Number(memory) / 1024 };
}
