import { CommanderError } from 'commander';
import { exit } from '../problem/exit.ts';
import { type Problem, ProblemError, toProblem } from '../problem/problem.ts';
import { type Asked, askedFor } from './argv.ts';
import { allCommands, commandNames, commands } from './commands.ts';
import type { Doors } from './doors.ts';
import { note, printProblem, printResult } from './print.ts';
import type { Surroundings } from './surroundings.ts';
import { usageProblem } from './usage.ts';

/** Runs one command line. Never throws: everything ends as an exit code, with what it means on stderr or as JSON. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  around: Surroundings,
  doors: Doors,
): Promise<number> {
  const asked = askedFor(argv);
  try {
    switch (asked.ask) {
      case 'version':
        around.out(version);
        return exit.done;
      case 'help':
        for (const line of await helpLines(asked.command, around.stdoutColumns)) around.out(line);
        return exit.done;
      case 'unknown':
        throw new ProblemError(unknownCommand(asked));
      case 'run':
        return await runCommand(asked.command, asked.argv, asked.json, around, doors);
    }
  } catch (error) {
    const problem = problemOf(error, asked);
    printProblem(problem, asked.json, around);
    if (problem.exit === exit.fault && error instanceof Error) note(around, ...(error.stack ?? '').split('\n'));
    return problem.exit;
  }
}

async function runCommand(
  name: string,
  argv: readonly string[],
  json: boolean,
  around: Surroundings,
  doors: Doors,
): Promise<number> {
  const spec = await commands[name]?.();
  if (spec === undefined) throw new Error(`there is no command ${name}`);
  const result = await spec.read(argv).run(around, doors);
  printResult(result, json, around);
  return result.exit;
}

async function helpLines(name: string | null, columns: number | null): Promise<string[]> {
  const { groupHelp, helpOf, helpOnAll } = await import('./help.ts');
  if (name === null) return helpOnAll(await allCommands(), columns);
  const spec = await commands[name]?.();
  const members = (await allCommands()).filter((one) => name !== '' && one.name.startsWith(`${name} `));
  if (spec === undefined) return groupHelp(members, columns);
  return members.length === 0
    ? helpOf(spec, columns)
    : [...helpOf(spec, columns), '', ...groupHelp(members, columns)];
}

function unknownCommand({ word, like }: Extract<Asked, { ask: 'unknown' }>): Problem {
  const members = commandNames.filter((name) => name.startsWith(`${word} `));
  if (members.length > 0)
    return usageProblem(
      `"${word}" wants one more word.`,
      members.map((name) => `xenfai ${name}`),
    );
  return usageProblem(`There is no command "${word}".`, [
    ...(like === null ? [] : [`Did you mean xenfai ${like}?`]),
    'xenfai --help lists them.',
  ]);
}

/** What argv's reader throws is wrong usage; so are names and values that make no sense. */
function problemOf(error: unknown, asked: Asked): Problem {
  const command = asked.ask === 'run' ? asked.command : '';
  const help = `xenfai help ${command}`.trimEnd();
  if (error instanceof CommanderError) {
    const [message = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
    const text = `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, '')}.`;
    return usageProblem(text, [...hints.map((hint) => hint.replace(/[()]/g, '')), help]);
  }
  const problem = toProblem(error);
  // Every usage error ends alike.
  return problem.code === 'usage' ? { ...problem, try: [...(problem.try ?? []), help] } : problem;
}
