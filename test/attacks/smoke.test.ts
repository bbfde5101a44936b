import { expect, test } from 'vitest';
import { commands, killCases } from '../../attacks/kills.ts';
import { raceCases } from '../../attacks/races.ts';
import { carryOut } from '../../attacks/series.ts';
import { wordsOfLine } from '../../attacks/xe.ts';

// A handful of what `npm run attack` does hundreds of times, with the built program.

/** Some twenty processes, on a machine that may have other things to do. */
const patience = 300_000;

/** One of each: what is left removed by its lines, done again, and left to expire. */
const ids = ['create/after-2/lines', 'create/before-9/again', 'create/after-6/expiry', 'rearm/after-2/lines'];

test(
  'killed at some of its writes: nothing is lost',
  async () => {
    const named = commands.filter(({ name }) => ids.some((id) => id.startsWith(`${name}/`)));
    const all = await killCases(1, named);
    const cases = ids.map((id) => all.find((one) => one.id === id) ?? expect.fail(`no ${id}`));
    expect(await carryOut(cases, 2)).toEqual({ done: ids.length, late: 0, lost: [] });
  },
  patience,
);

test(
  'two clients, one name: one VM, whether both live, one is killed, or its claim ends by time',
  async () => {
    const cases = raceCases(1).slice(0, 4);
    expect(await carryOut(cases, 2)).toMatchObject({ done: cases.length, lost: [] });
  },
  patience,
);

test('a printed line is read as a shell reads it', () => {
  expect(wordsOfLine(`xe pool-param-remove uuid=u param-key='it'\\''s $(x)'`)).toEqual([
    'pool-param-remove',
    'uuid=u',
    "param-key=it's $(x)",
  ]);
});
