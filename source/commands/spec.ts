import type { ExitCode } from '../problem/exit.ts';
import type { Doors } from './doors.ts';
import { type Given, globalFlags } from './global-flags.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import { declared, readLine, type Take, type Taken } from './take.ts';

/** Everything there is about a subcommand. */
export interface Spec<T> {
  /** As it is typed: `status`, `template copy`; empty for the screen. */
  readonly name: string;
  readonly about: string;
  readonly takes: (take: Take) => T;
  readonly examples: readonly (readonly [line: string, about: string])[];
  /** Flags of every command that mean nothing to this one: its help leaves them out. */
  readonly without?: readonly string[];
  /** Exit codes of its own; those that every command, or every one with a host, may have are added. */
  readonly exits: readonly ExitCode[];
  /** The most it does to a host or to files; none: it needs no host. */
  readonly access: 'read' | 'write' | 'none';
  readonly run: (given: Given & T, around: Surroundings, doors: Doors) => Promise<Result>;
}

/** A spec whose own options only it knows. */
export interface CommandSpec extends Omit<Spec<unknown>, 'takes' | 'run'> {
  readonly taken: Taken;
  /** Reads its part of a line; what comes back runs it. Errors: CommanderError, BadValue. */
  readonly read: (argv: readonly string[]) => {
    readonly given: Given;
    readonly run: (around: Surroundings, doors: Doors) => Promise<Result>;
  };
}

export function command<T extends object>(spec: Spec<T>): CommandSpec {
  const { takes, run, ...about } = spec;
  return {
    ...about,
    taken: declared(takes),
    read(argv) {
      // Its own flags first: one of them may give a global one another meaning.
      const { own, shared } = readLine(argv, (take) => ({ own: takes(take), shared: globalFlags(take) }));
      const reads = spec.access === 'read' || shared.readOnly || shared.dryRun;
      const given: Given = { ...shared, access: reads ? 'read' : 'write' };
      return { given, run: (around, doors) => run({ ...given, ...own }, around, doors) };
    },
  };
}
