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
