import type { Problem } from '../problem/problem.ts';

/**
 * What a command comes to: an exit code, the one JSON document (without `ok`, which follows from the code), and the
 * same for people. Foreign text is raw in all of it: the printers clean it.
 */
export interface Result {
  readonly exit: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  /** What failed, for stderr. */
  readonly problems?: readonly Problem[];
  /** What a person should see besides, on stderr: stdout has something else. */
  readonly aside?: readonly string[];
  /** Everything was printed on the way: no document at the end. */
  readonly streamed?: boolean;
}
