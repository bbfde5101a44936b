import { readFileSync } from 'node:fs';

export interface BenchmarkRow {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: string;
  readonly rival: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Both sides in turn, so that a slow moment of the machine meets both. Milliseconds, medians. */
export async function inTurn(
  runs: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<[number, number]> {
  const [a, b]: [number[], number[]] = [[], []];
  await ours();
  await theirs();
  for (let i = 0; i < runs; i += 1) {
    a.push(await ours());
    b.push(await theirs());
  }
  return [median(a), median(b)];
}

export const row = (what: string, ours: number, theirs: number, unit: string, rival: string): BenchmarkRow => ({
  what,
  ours: `${ours.toFixed(0)} ${unit}`,
  theirs: `${theirs.toFixed(0)} ${unit}`,
  ratio: `${(ours / theirs).toFixed(2)}x`,
  rival,
});

/** Milliseconds of processor time that a process has taken, and its memory in MiB (Linux: proc(5)). */
export function usedBy(pid: number): { readonly milliseconds: number; readonly memory: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const memory = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { milliseconds: ticks * 10, memory: Number(memory) / 1024 };
}
