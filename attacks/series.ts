/** One attack, with the name by which it can be run once more. */
export interface Case {
  readonly id: string;
  /** What did not hold; null: it came too late to be an attack. */
  readonly attack: () => Promise<readonly string[] | null>;
}

/** A case that did not hold, and what of it. */
export interface Lost {
  readonly id: string;
  readonly losses: readonly string[];
}

/** What came of a series. */
export interface Tally {
  readonly done: number;
  readonly late: number;
  readonly lost: readonly Lost[];
}

/** Told as it happens: a series takes minutes. */
export interface Told {
  readonly lost: (lost: Lost) => void;
  readonly progress: (done: number) => void;
}

/** Processes wait more than they work: a few at a time fill two cores. */
export const lanes = 4;

export async function carryOut(cases: readonly Case[], concurrency: number = lanes, told?: Told): Promise<Tally> {
  const lost: Lost[] = [];
  let [done, late, next] = [0, 0, 0];
  const worker = async (): Promise<void> => {
    for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
      const losses = await one.attack().catch((error: unknown) => [`the attack itself failed: ${error}`]);
      if (losses === null) late += 1;
      else done += 1;
      if (losses !== null && losses.length > 0) {
        lost.push({ id: one.id, losses });
        told?.lost({ id: one.id, losses });
      }
      told?.progress(done + late);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { done, late, lost };
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many of them, spread over all. */
export const spread = <T>(all: readonly T[], count: number): T[] =>
  count >= all.length
    ? [...all]
    : Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
