import type { ByteParser } from './byte-parsers.ts';
import { mutated } from './mutate.ts';
import { seeded } from './series.ts';

/** What a reader never says a refusal with: it has tripped over what it read. */
const tripped = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * Throws inputs at a reader, `count` of them beginning with number `from`; `onInput` is told each before it is read.
 * Returns those it tripped over, each with its number, which with the seed makes the same input again.
 */
export async function throwInputs(
  { samples, read, refuses }: ByteParser,
  { seed, from, count, onInput }: { seed: number; from: number; count: number; onInput?: (number: number) => void },
): Promise<string[]> {
  const all = samples.map((sample) => Buffer.from(sample));
  const faults: string[] = [];
  for (let number = from; number < from + count && faults.length < 10; number += 1) {
    onInput?.(number);
    const input = mutated(all, seeded(seed + Math.imul(number, 0x9e3779b1)));
    try {
      await read(input);
    } catch (error) {
      const refusal = refuses && error instanceof Error && !tripped.some((kind) => error instanceof kind);
      if (!refusal) faults.push(`input ${number}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  return faults;
}
