// Throws inputs at one reader, in a thread that may hang or run out of memory. Tells what it tripped over.
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { byteParsers } from './byte-parsers.ts';
import { throwInputs } from './throw-inputs.ts';

const { name, seed, from, count, at } = z
  .object({ name: z.string(), seed: z.number(), from: z.number(), count: z.number(), at: z.instanceof(Int32Array) })
  .parse(workerData);
const parser = byteParsers.find((one) => one.name === name);
if (parser === undefined) throw new Error(`there is no reader ${name}`);
parentPort?.postMessage(
  await throwInputs(parser, {
    ...{ seed, from, count },
    onInput: (number) => {
      at[0] = number;
    },
  }),
);
