import type { MadeOrThere } from '../operations/made-once.ts';
import type { Plan } from '../operations/plan.ts';
import { noRoomProblem, type Room, readRoom } from '../operations/room.ts';
import { type Summary, summaryOf } from '../operations/summary.ts';
import type { Problem } from '../problem/problem.ts';
import { agreed, isAsked, nothingChanged } from './agree.ts';
import type { Changed } from './changed.ts';
import type { Connection } from './connect.ts';
import { eachName } from './each.ts';
import type { Given } from './global-flags.ts';
import { findingJson, problemJson } from './json.ts';
import { findingLines } from './plain.ts';
import { note } from './print.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';

// What new VMs come to together, before the first of them is made.

/** What is known of all of them beforehand. */
export interface Foreseen {
  readonly plans: readonly Plan[];
  /** Those that cannot be planned; each fails by itself. */
  readonly refused: readonly Changed[];
  readonly summary: Summary;
  /** The host has not the room for them: none is begun. */
  readonly problem: Problem | null;
}

type Options = Given & { readonly start: boolean };

/** Plans all of them and looks what the host has; nothing is written. */
export async function foresee(
  names: readonly string[],
  { host }: Connection,
  { signal }: Surroundings,
  plan: (name: string) => Promise<MadeOrThere>,
  concurrency: number,
): Promise<Foreseen> {
  const made = new Map<string, Plan>();
  const looked = await eachName(
    names,
    host,
    signal,
    async (name) => {
      const next = await plan(name);
      if (next.kind === 'new') made.set(name, next.plan);
    },
    concurrency,
  );
  const plans = names.flatMap((name) => made.get(name) ?? []);
  const room: Room = await readRoom(host, plans);
  const refused = looked.flatMap((one) => one ?? []);
  return { plans, refused, summary: summaryOf(plans, room), problem: noRoomProblem(room) };
}

/** Shows it and asks where somebody can be asked; null: go on. Without a terminal new VMs need no --yes. */
export async function consent(foreseen: Foreseen, options: Options, around: Surroundings): Promise<Result | null> {
  const { plans, refused, summary, problem } = foreseen;
  if (options.dryRun) return null;
  if (problem !== null) return withForeseen({ exit: problem.exit, json: { vms: [] }, lines: [] }, foreseen, options);
  if (plans.length === 0) return null;
  if (!around.interactive || !isAsked(options)) {
    if (!options.json) note(around, ...findingLines(summary.findings));
    return null;
  }
  const { previewLines, withoutLines } = await import('./preview.ts');
  const shown = [...previewLines(plans, summary), ...withoutLines(refused)];
  const question = questionOf(plans, options.start);
  return (await agreed(options, around, shown, question)) ? null : nothingChanged;
}

/** Names that a question can hold. */
const namesAsked = 6;

/** "Make 2 VMs: web, 01?": a name that a blank has torn in two is seen. */
function questionOf(plans: readonly Plan[], start: boolean): string {
  const names = plans.map(({ target }) => target.name);
  const more = names.length - namesAsked;
  const shown = more <= 1 ? names.join(', ') : `${names.slice(0, namesAsked).join(', ')} and ${more} more`;
  const verb = start ? 'Make and start' : 'Make';
  return names.length === 1 ? `${verb} ${shown}?` : `${verb} ${names.length} VMs: ${shown}?`;
}

/** The result with what was known beforehand: its findings, and for a dry run what all of it comes to. */
export function withForeseen(result: Result, { plans, summary, problem }: Foreseen, { dryRun }: Options): Result {
  const { head, findings } = summary;
  const shown = dryRun && plans.length > 0 ? [`create: ${head}`, ...findingLines(findings)] : [];
  return {
    ...result,
    lines: [...shown, ...result.lines],
    json: {
      ...result.json,
      ...(problem === null ? {} : { error: problemJson(problem) }),
      findings: findings.map(findingJson),
    },
    ...(problem === null ? {} : { exit: problem.exit, problems: [problem, ...(result.problems ?? [])] }),
  };
}
