import { expect, test } from 'vitest';
import { byteParsers } from '../../attacks/byte-parsers.ts';
import { fuzzCases } from '../../attacks/fuzz.ts';
import { throwInputs } from '../../attacks/throw-inputs.ts';

// A few thousand of the million inputs that `npm run attack fuzz` throws at each reader.

test.each(byteParsers)('$name reads its samples, and trips over nothing', async (parser) => {
  for (const sample of parser.samples) await parser.read(Buffer.from(sample));
  expect(await throwInputs(parser, { seed: 1, from: 0, count: 2000 })).toEqual([]);
});

test('what trips is told with its number, which makes the same input again', async () => {
  const seen: string[] = [];
  const read = (bytes: Buffer) => {
    seen.push(bytes.toString('latin1'));
    if (bytes.includes('\0')) throw new RangeError('too far');
    throw new Error('no');
  };
  const parser = { name: 'x', samples: ['abcdefgh'], read, refuses: true };
  const [first = ''] = await throwInputs(parser, { seed: 7, from: 0, count: 200 });
  const number = Number(/^input (\d+): RangeError: too far/.exec(first)?.[1]);
  const input = seen[number];
  seen.length = 0;
  await throwInputs(parser, { seed: 7, from: number, count: 1 });
  expect(seen).toEqual([input]);
  expect(await throwInputs({ ...parser, refuses: false }, { seed: 7, from: number, count: 1 })).toHaveLength(1);
});

test('a case is one reader in a thread of its own', async () => {
  const cases = fuzzCases(1);
  expect(cases).toHaveLength(byteParsers.length * 50);
  expect(await cases.find(({ id }) => id === 'message/3')?.attack()).toEqual([]);
});
