import type { Plan, StepView } from '../../../operations/plan.ts';
import { noRoomProblem, type Room } from '../../../operations/room.ts';
import { type Summary, summaryOf } from '../../../operations/summary.ts';
import type { Problem } from '../../../problem/problem.ts';
import type { Ref } from '../../../xapi/records.ts';
import type { Scene } from '../../app/shared.ts';
import type { Told } from '../../app/told.ts';
import type { Request } from '../../app/work.ts';

/** What will be done with one VM. */
export interface Planned {
  /** As they are shown; of a VM that is started in the end, with the start. */
  readonly steps: readonly StepView[];
  /** What is carried out. */
  readonly plan: Plan;
}

/** One VM of a job: its plan, or why there is none. */
export interface JobEntry {
  readonly name: string;
  readonly planned: Planned | null;
  readonly problem: Problem | null;
  readonly note: string | null;
}

export interface JobResult extends Told {
  readonly name: string;
  readonly ok: boolean;
}

/** One piece of work from plan to result, whoever asked for it. */
export interface Job {
  readonly request: Request;
  readonly phase: 'planning' | 'preview' | 'running' | 'done';
  /** An existing VM is changed: y is asked for. */
  readonly dangerous: boolean;
  readonly entries: readonly JobEntry[];
  /** What the host has of what they need. */
  readonly room: Room;
  /** Each step of each VM is shown; else a row for each. */
  readonly details: boolean;
  /** By name: the step under way. */
  readonly progress: Readonly<Record<string, string>>;
  readonly results: readonly JobResult[];
  /** References that could be started next. */
  readonly startable: readonly Ref[];
  readonly scroll: number;
  readonly problem: Problem | null;
}

export interface PlanState {
  readonly job: Job | null;
}

export type PlanScene = Scene<PlanState>;

export type PlanEvent =
  | { readonly type: 'planned'; readonly entries: readonly JobEntry[]; readonly room?: Room }
  | { readonly type: 'progress'; readonly name: string; readonly text: string }
  | { readonly type: 'result'; readonly result: JobResult; readonly startable: Ref | null }
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly problem: Problem };

export type PlanCommand =
  | { readonly do: 'plan'; readonly request: Request }
  | { readonly do: 'run'; readonly request: Request; readonly entries: readonly JobEntry[] };

export const startPlan = (): PlanState => ({ job: null });

/** Those of a job that have something to carry out. */
export const workable = (job: Job): readonly (JobEntry & { readonly planned: Planned })[] =>
  job.entries.flatMap((entry) => (entry.planned === null ? [] : [{ ...entry, planned: entry.planned }]));

/** Its VMs are started by it. */
export const startsVms = ({ work }: Request): boolean => work === 'start' || work === 'rearm and start';

/** Starts VMs that the plan before it has made: they have nothing to lose. */
export const startsMade = (request: Request): boolean => request.work !== 'create' && request.chained === true;

/** What all of it comes to, in the words of the command line. */
export function summaryOfJob(job: Job): Summary {
  const { request, room } = job;
  const plans = workable(job).map(({ planned }) => planned.plan);
  const losing = startsMade(request) ? plans.map((plan) => ({ ...plan, erases: [] })) : plans;
  return summaryOf(losing, room, startsVms(request));
}

/** What the host would refuse, in words; null: it fits. */
export const unfitReason = ({ room }: Job): string | null => noRoomProblem(room)?.message ?? null;
