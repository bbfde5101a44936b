import { noRoomAsked } from '../../../operations/room.ts';
import type { SceneReduced } from '../../app/screen.ts';
import { change, flash, go, remember, type Shared, share } from '../../app/shared.ts';
import { toldLines } from '../../app/told.ts';
import type { Request } from '../../app/work.ts';
import { stay } from '../../kit/binding.ts';
import { actPlace } from '../act/place.ts';
import { fleetPlace } from '../fleet/place.ts';
import {
  type Job,
  type PlanCommand,
  type PlanEvent,
  type PlanScene,
  type PlanState,
  startsMade,
  workable,
} from './state.ts';

type Reduced = SceneReduced<PlanState, PlanCommand>;

/** Somebody asks for work: first its plan is made, then shown. */
export function noticePlan(_: Shared, scene: PlanScene): Reduced {
  const { request } = scene.shared;
  return request === null ? stay(scene) : openJob(share(scene, { request: null }), request);
}

function openJob(scene: PlanScene, request: Request): Reduced {
  const { work } = request;
  const job: Job = {
    request,
    phase: 'planning',
    // A start asks when it erases; new VMs never do.
    dangerous: work !== 'create' && work !== 'start',
    entries: [],
    room: noRoomAsked,
    // One VM has room for all of it.
    details: false,
    progress: {},
    results: [],
    startable: [],
    scroll: 0,
    problem: null,
  };
  return stay(change(scene, { job }), { do: 'plan', request });
}

export const setJob = (scene: PlanScene, part: Partial<Job>): PlanScene =>
  change(scene, { job: scene.own.job === null ? null : { ...scene.own.job, ...part } });

/** Everything in this result was made by its plan, and can be started. */
export const madeOnly = ({ request, startable }: Job): boolean => request.work === 'create' && startable.length > 0;

/** Plan, preview, progress, result; the same for every kind of work. */
export function reducePlan(scene: PlanScene, event: PlanEvent): Reduced {
  const { job } = scene.own;
  if (job === null) return stay(scene);
  switch (event.type) {
    case 'planned': {
      // What was just made is new and empty; any other start that erases is asked for.
      const { entries, room = noRoomAsked } = event;
      const erases = entries.some(({ planned }) => planned !== null && planned.plan.erases.length > 0);
      const dangerous = job.dangerous || (erases && !startsMade(job.request));
      return stay(setJob(scene, { phase: 'preview', entries, room, details: entries.length < 2, dangerous }));
    }
    case 'progress':
      return stay(setJob(scene, { progress: { ...job.progress, [event.name]: event.text } }));
    case 'result': {
      const startable = event.startable === null ? job.startable : [...job.startable, event.startable];
      const next = setJob(scene, { results: [...job.results, event.result], startable });
      return stay(remember(next, ...toldLines(`${job.request.work} ${event.result.name}`, event.result)));
    }
    case 'finished':
      return stay(setJob(scene, { phase: 'done', scroll: 0 }));
    case 'failed':
      return stay(setJob(scene, { phase: 'done', problem: event.problem }));
  }
}

/** Carries out what was shown; where nothing can be, only closes it. */
export function carryOut(scene: PlanScene): Reduced {
  const { job } = scene.own;
  if (job === null || workable(job).length === 0) return stay(change(scene, { job: null }));
  return stay(setJob(scene, { phase: 'running', scroll: 0 }), {
    do: 'run',
    request: job.request,
    entries: job.entries,
  });
}

export const refuse = (scene: PlanScene): Reduced =>
  stay(flash(change(scene, { job: null }), 'Nothing was changed.', 'note'));

/** Starts what was made or armed: another job, with a plan of its own. */
export function startThem(scene: PlanScene): Reduced {
  const { job } = scene.own;
  if (job === null) return stay(scene);
  const { startable: refs, request } = job;
  const force = request.force ?? false;
  return openJob(scene, { work: 'start', refs, template: null, force, chained: madeOnly(job) });
}

/** From the wizard one goes on to the fleet when something was done; a failure leads back to the form. */
export function close(scene: PlanScene): Reduced {
  const { job } = scene.own;
  const after = change(scene, { job: null });
  const done = job?.results.some(({ ok }) => ok) ?? false;
  if (scene.shared.place !== actPlace || !done) return stay(after);
  const changed = job?.request.work === 'create' ? undefined : job?.request.refs[0];
  const spotlight = job?.startable[0] ?? changed ?? null;
  return stay(go(share(after, { spotlight }), fleetPlace));
}
