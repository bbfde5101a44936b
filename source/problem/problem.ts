import type { Advice } from './advice.ts';
import { BadValue } from './bad-value.ts';
import { type ExitCode, exit } from './exit.ts';
import { systemText } from './system-text.ts';

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
  readonly try?: readonly Advice[];
  readonly url?: string;
  readonly host?: { readonly code: string; readonly params: readonly string[] };
}

/** Said wherever a reading session is asked to change something. */
export const nothingIsChanged = 'Nothing is changed with --read-only.';

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

/** Any thrown value as a problem: ours as it is, a bad value as usage, an abort as "interrupted", the rest as a fault. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'interrupted', exit: exit.interrupted, message: 'Interrupted.' };
  }
  if (error instanceof BadValue) return { code: 'usage', exit: exit.usage, message: sentence(error.message) };
  if (isSystemError(error)) return systemProblem(error);
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'fault',
    exit: exit.fault,
    message: `A fault in xenfai: ${message}`,
    try: ['Report it, with the lines below.'],
  };
}

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

interface SystemError extends Error {
  readonly code: string;
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string';

/** What this machine refuses is its user's business, not a fault of ours. */
function systemProblem(error: SystemError): Problem {
  if (error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : '';
    return {
      code: 'port-taken',
      exit: exit.usage,
      message: `Port ${port} is taken.`,
      try: ['Choose another with --port, or 0 for any.'],
    };
  }
  const path = 'path' in error && typeof error.path === 'string' ? error.path : null;
  const message = path === null ? error.message : `${path}: ${systemText(error)}`;
  return { code: 'system', exit: exit.usage, message: sentence(message) };
}
