import type { ExitCode } from './exit.ts';

/**
 * What went wrong, as data: the screen, the plain output and the JSON are three views of it.
 * `code` is kebab-case for our own, `host` keeps what a XenServer said, untouched.
 * All texts may hold foreign text: they are cleaned where they are printed, not here.
 */
export interface Problem {
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: string;
  readonly cause?: string;
  readonly try?: readonly string[];
  readonly url?: string;
  readonly host?: { readonly code: string; readonly params: readonly string[] };
}

/** The one exception this program throws on purpose. Everything else that is thrown is our own bug. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.message, options);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** Throws a problem; an expression, so that it can stand behind `??`. */
export function fail(problem: Problem): never {
  throw new ProblemError(problem);
}

/** Any thrown value as a problem: ours as it is, an abort as "interrupted", the rest as a fault in xenfai. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'interrupted', exit: 130, message: 'Interrupted.' };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'fault',
    exit: 1,
    message: `A fault in xenfai: ${message}`,
    try: ['Run again with XENFAI_DEBUG=1 for the stack trace and report it.'],
  };
}
