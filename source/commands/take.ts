import { Argument, Command, Option } from 'commander';
import { BadValue } from '../problem/bad-value.ts';

/**
 * What a command takes from its line, said once: the function that takes it is run without a line to learn what there
 * is (for help, the README, completion), and with one to read it. So the type of what it returns is that of the
 * options, and nothing is declared twice. Operands come in the order in which they are taken.
 */
export interface Take {
  /** No operand is empty, of these three either: BadValue. */
  one(name: string): string;
  /** At least one; the last operand. */
  some(name: string): readonly string[];
  /** Any number; the last operand. */
  any(name: string): readonly string[];
  /** A flag without a value; `--no-…` is on when it stands there, too. */
  on(flag: string, help: string): boolean;
  /** Never empty: BadValue. */
  text(flag: string, help: string): string | undefined;
  /** May be empty; its help says what that means. */
  textOrNone(flag: string, help: string): string | undefined;
  /** `parse` throws BadValue with what is wanted instead. */
  as<T>(flag: string, help: string, parse: (text: string) => T): T | undefined;
  /** A flag that may stand there several times. */
  each(flag: string, help: string): readonly string[];
  /** A flag whose value may be left out: then true. */
  maybe(flag: string, help: string): string | true | undefined;
}

export interface FlagHelp {
  /** As it is written: `--memory <size>`. */
  readonly flag: string;
  readonly help: string;
  readonly many: boolean;
}

export interface OperandHelp {
  readonly name: string;
  readonly least: 0 | 1;
  readonly many: boolean;
}

/** What there is to take, in its order. */
export interface Taken {
  readonly operands: readonly OperandHelp[];
  readonly flags: readonly FlagHelp[];
}

export function declared(takes: (take: Take) => unknown): Taken {
  const operands: OperandHelp[] = [];
  const flags: FlagHelp[] = [];
  const flagged = (flag: string, help: string, many = false): undefined => {
    flags.push({ flag, help, many });
  };
  takes({
    one: (name) => {
      operands.push({ name, least: 1, many: false });
      return '';
    },
    some: (name) => {
      operands.push({ name, least: 1, many: true });
      return [];
    },
    any: (name) => {
      operands.push({ name, least: 0, many: true });
      return [];
    },
    on: (flag, help) => {
      flagged(flag, help);
      return false;
    },
    text: flagged,
    textOrNone: flagged,
    as: (flag, help) => flagged(flag, help),
    each: (flag, help) => {
      flagged(flag, help, true);
      return [];
    },
    maybe: flagged,
  });
  return { operands, flags };
}

/** `--password-file <file>` without its value. */
export const nameOf = (flag: string): string => flag.split(' ')[0] ?? flag;

/** Reads one line. Errors: CommanderError for what is not understood, BadValue for a value that is none. */
export function readLine<T>(argv: readonly string[], takes: (take: Take) => T): T {
  const { operands, flags } = declared(takes);
  const command = new Command()
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  for (const { name, least, many } of operands) {
    const written = many ? `${name}...` : name;
    command.addArgument(new Argument(least === 1 ? `<${written}>` : `[${written}]`));
  }
  const names = new Map<string, string>();
  // The first to take a flag says what it is.
  for (const { flag, help, many } of flags) {
    if (names.has(nameOf(flag))) continue;
    const option = new Option(flag, help);
    if (many) option.argParser((text: string, before: string[] = []) => [...before, text]);
    names.set(nameOf(flag), option.attributeName());
    command.addOption(option);
  }
  command.parse([...argv], { from: 'user' });
  const values: Readonly<Record<string, unknown>> = command.opts();
  const rest = [...command.args];
  const given = (flag: string): unknown => values[names.get(nameOf(flag)) ?? ''];
  const text = (flag: string): string | undefined => {
    const value = given(flag);
    return typeof value === 'string' ? value : undefined;
  };
  return takes({
    one: (name) => notEmpty(name, rest.shift() ?? ''),
    some: (name) => rest.splice(0).map((value) => notEmpty(name, value)),
    any: (name) => rest.splice(0).map((value) => notEmpty(name, value)),
    on: (flag) => given(flag) === !flag.startsWith('--no-'),
    text: (flag) => {
      const value = text(flag);
      return value === undefined ? undefined : notEmpty(nameOf(flag), value);
    },
    textOrNone: text,
    as: (flag, _, parse) => {
      const value = text(flag);
      return value === undefined ? undefined : parsed(nameOf(flag), value, parse);
    },
    each: (flag) => {
      const value = given(flag);
      return Array.isArray(value) ? value.map(String) : [];
    },
    maybe: (flag) => (given(flag) === true ? true : text(flag)),
  });
}

/** An unset variable of a script, as a rule. */
function notEmpty(name: string, value: string): string {
  if (value === '') throw new BadValue(`${name} '': it must not be empty`);
  return value;
}

function parsed<T>(flag: string, value: string, parse: (text: string) => T): T {
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof BadValue) throw new BadValue(`${flag} ${value === '' ? "''" : value}: ${error.message}`);
    throw error;
  }
}
