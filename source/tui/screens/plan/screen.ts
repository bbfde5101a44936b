import { leftBehind } from '../../../operations/in-flight.ts';
import type { Screen } from '../../app/screen.ts';
import { doneKeys, planningKeys, previewKeys } from './keys.ts';
import { noticePlan, reducePlan } from './reduce.ts';
import { type Job, type PlanCommand, type PlanEvent, type PlanState, startPlan } from './state.ts';
import { planView } from './view.ts';

const keys: Readonly<Record<Job['phase'], (job: Job) => typeof previewKeys>> = {
  planning: () => planningKeys,
  preview: () => previewKeys,
  running: () => [],
  done: doneKeys,
};

/** A piece of work from its plan to its result, over whatever screen asked for it. */
export const plan: Screen<'plan', PlanState, PlanEvent, PlanCommand> = {
  name: 'plan',
  place: null,
  start: startPlan,
  layers: ({ own: { job } }) =>
    job === null ? [] : [{ keys: keys[job.phase](job), view: planView, terms: () => ['plan', 'armed', 'rearm'] }],
  reduce: reducePlan,
  notice: noticePlan,
  busy: ({ job }) => job?.phase === 'running' || job?.phase === 'planning',
  perform: async (command, work) => (await import('./effects.ts')).performPlan(command, work),
  failed: (_, problem) => ({ type: 'failed', problem }),
  farewell: () => leftBehind(),
};
