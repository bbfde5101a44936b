import type { Problem } from '../problem/problem.ts';
import { jsonText, problemJson } from './json.ts';
import { plainText, problemLines } from './plain.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';

/** A word to whoever sits there, while the command goes on. */
export function note(around: Pick<Surroundings, 'err'>, ...lines: readonly string[]): void {
  for (const line of lines) around.err(plainText(line));
}

/** One of several documents, or the row that says the same. */
export function printPart(json: boolean, around: Surroundings, document: object, line: string): void {
  around.out(json ? jsonText(document) : plainText(line));
}

/** The end of a command, the one document or the rows for a person. */
export function printResult(result: Result, json: boolean, around: Pick<Surroundings, 'out' | 'err'>): void {
  if (!result.streamed) {
    if (json) around.out(jsonText({ ok: result.exit === 0, ...result.json }));
    else for (const line of result.lines) around.out(plainText(line));
  }
  if (!json) note(around, ...(result.aside ?? []), ...(result.problems ?? []).flatMap(problemLines));
}

export function printProblem(problem: Problem, json: boolean, around: Surroundings): void {
  if (json) around.out(jsonText({ ok: false, error: problemJson(problem) }));
  else note(around, ...problemLines(problem));
}
