import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { fail, type Problem } from '../problem/problem.ts';

export const usageProblem = (message: string, advice: readonly Advice[] = []): Problem => ({
  code: 'usage',
  exit: exit.usage,
  message,
  ...(advice.length === 0 ? {} : { try: advice }),
});

/** Wrong use of a command: exit 2. */
export const usage = (message: string, advice: readonly Advice[] = []): never => fail(usageProblem(message, advice));
