import type { Command, Reduced } from '../events.ts';
import { goTo, isKey, type PartEvent, stay } from '../part.ts';
import type { AppState, Job } from '../state.ts';

/** Begins a piece of work: first its plan is made, then shown. */
export function openJob(
  state: AppState,
  work: Job['work'],
  command: Command,
  { force = false, chained = false } = {},
): Reduced<AppState> {
  if (state.readOnly) return stay({ ...state, flash: { text: 'Nothing is changed with --read-only.', tone: 'bad' } });
  const job: Job = {
    work,
    phase: 'planning',
    force,
    chained,
    dangerous: work === 'rearm' || work === 'repair' || work === 'stop',
    plans: [],
    progress: {},
    results: [],
    startable: [],
    scroll: 0,
    problem: null,
  };
  return stay({ ...state, job }, command);
}

/** Plan, preview, progress, result; the same for every kind of work. */
export function reduceJob(state: AppState, event: PartEvent): Reduced<AppState> {
  const { job } = state;
  if (job === null) return stay(state);
  const set = (change: Partial<Job>): AppState => ({ ...state, job: { ...job, ...change } });
  if (isKey(event)) return reduceKey(state, job, event.action);
  switch (event.type) {
    case 'planned': {
      // What was just made or armed here was looked at a moment ago; any other start that erases is asked for.
      const erases = event.plans.some(({ plan }) => plan !== null && plan.erases.length > 0);
      const dangerous = job.dangerous || (erases && !job.chained);
      return stay(set({ phase: 'preview', plans: event.plans, dangerous }));
    }
    case 'progress':
      return stay(set({ progress: { ...job.progress, [event.name]: event.text } }));
    case 'result': {
      const startable = event.startable === null ? job.startable : [...job.startable, event.startable];
      const line = `${job.work} ${event.result.name}: ${event.result.text}`;
      return stay({
        ...set({ results: [...job.results, event.result], startable }),
        history: [...state.history, line],
      });
    }
    case 'finished':
      return stay(set({ phase: 'done', scroll: 0 }));
    case 'failed':
      if (!['plan', 'plan-create', 'run'].includes(event.during)) return stay(state);
      return stay(set({ phase: 'done', problem: event.problem }));
    default:
      return stay(state);
  }
}

function reduceKey(state: AppState, job: Job, action: string | null): Reduced<AppState> {
  const set = (change: Partial<Job>): AppState => ({ ...state, job: { ...job, ...change } });
  switch (action) {
    case 'go':
    case 'yes': {
      if (job.phase !== 'preview' || !job.plans.some(({ plan }) => plan !== null))
        return stay({ ...state, job: null });
      return stay(set({ phase: 'running', scroll: 0 }), {
        do: 'run',
        plans: job.plans,
        force: job.force,
      });
    }
    case 'no':
      return stay({ ...state, job: null, flash: { text: 'Nothing was changed.', tone: 'note' } });
    case 'back':
      return stay({ ...state, job: null }, { do: 'cancel' });
    case 'close':
      return close(state, job);
    case 'start': {
      const refs = job.startable;
      return openJob(
        { ...state, job: null },
        'start',
        { do: 'plan', work: 'start', refs, template: null },
        { force: job.force, chained: true },
      );
    }
    case 'up':
      return stay(set({ scroll: Math.max(0, job.scroll - 1) }));
    case 'down':
      return stay(set({ scroll: job.scroll + 1 }));
    case 'pageup':
      return stay(set({ scroll: Math.max(0, job.scroll - 10) }));
    case 'pagedown':
      return stay(set({ scroll: job.scroll + 10 }));
    default:
      return stay(state);
  }
}

/** From the wizard one goes on to the fleet when something was done; a failure leads back to the form. */
function close(state: AppState, job: Job): Reduced<AppState> {
  const after = { ...state, job: null };
  const done = job.results.some(({ ok }) => ok);
  if (state.step !== 'act' || !done) return stay(after);
  // What was just made must be in sight: no old filter, no old pane.
  const selected = job.startable[0] ?? state.fleet.selected;
  const fleet = { ...after.fleet, filter: '', pane: 'table' as const, selected };
  return stay(goTo({ ...after, fleet, act: { ...after.act, view: 'menu' } }, 'fleet'));
}
