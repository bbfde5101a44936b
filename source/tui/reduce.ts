import { contextOf, isBusy } from './context.ts';
import type { Command, Event, Reduced } from './events.ts';
import { reduceFleet } from './fleet/reduce.ts';
import { reduceJob } from './job/reduce.ts';
import { type Key, lookUp } from './keys.ts';
import { keepSelection, matching } from './list.ts';
import type { AppState } from './state.ts';
import { editText, insert, textField } from './text-field.ts';
import { reduceAct } from './wizard/act.ts';
import { reduceConfigure } from './wizard/configure.ts';
import { reduceConnect } from './wizard/connect.ts';
import { reduceTemplate, templateRows } from './wizard/template.ts';
import { reduceVerify } from './wizard/verify.ts';

/**
 * The whole screen: state and event in, state and commands out. Keys go to the step one is in, results to the part
 * that asked. Pure; what is to be done is in the commands.
 */
export function reduce(state: AppState, event: Event): Reduced<AppState> {
  switch (event.type) {
    case 'tick':
      return [{ ...state, now: event.now }, []];
    case 'key':
      return reduceKey({ ...state, flash: null }, event.key);
    case 'paste':
      return reducePaste(state, event.text);
    default:
      return reduceResult(state, event);
  }
}

function reduceKey(state: AppState, key: Key): Reduced<AppState> {
  if (key.name === 'ctrl-c') return interrupt(state);
  if (state.help) return [{ ...state, help: false }, []];
  if (state.filtering !== null) return reduceFilter(state, key);
  const context = contextOf(state);
  const secret = context === 'connect-form' && state.connect.field === 2;
  const found = secret && key.name === '?' ? null : lookUp(state, context, key);
  if (found !== null && 'reason' in found) return [{ ...state, flash: { text: found.reason, tone: 'note' } }, []];
  const action = found?.action ?? null;
  if (action === 'help') return [{ ...state, help: true }, []];
  if (action === 'quit') return [state, [{ do: 'quit', code: 0 }]];
  if (action === 'filter') return [{ ...state, filtering: textField(currentFilter(state)) }, []];
  return toPart(state, { action, key });
}

/** A key as a part sees it: what the table says it does, and the key itself for text. */
export interface Pressed {
  readonly action: string | null;
  readonly key: Key;
}

function toPart(state: AppState, pressed: Pressed): Reduced<AppState> {
  if (state.job !== null) return reduceJob(state, pressed);
  switch (state.step) {
    case 'connect':
      return reduceConnect(state, pressed);
    case 'template':
      return reduceTemplate(state, pressed);
    case 'configure':
      return reduceConfigure(state, pressed);
    case 'verify':
      return reduceVerify(state, pressed);
    case 'act':
      return reduceAct(state, pressed);
    case 'fleet':
      return reduceFleet(state, pressed);
  }
}

/** The first stops what runs and takes it back, the second leaves; with nothing running the first leaves. */
function interrupt(state: AppState): Reduced<AppState> {
  if (!isBusy(state) || state.stopping) return [state, [{ do: 'quit', code: 130 }]];
  return [{ ...state, stopping: true, flash: { text: stoppingText, tone: 'note' } }, [{ do: 'cancel' }]];
}

const stoppingText = 'Stopping: what was begun is taken back. Ctrl-C again leaves at once.';

function reducePaste(state: AppState, text: string): Reduced<AppState> {
  if (state.filtering !== null) return [{ ...state, filtering: insert(state.filtering, text) }, []];
  return toPart(state, { action: null, key: { name: 'paste', text } });
}

function currentFilter(state: AppState): string {
  if (state.template.params !== null && state.step === 'template') return state.template.params.list.filter;
  if (state.step === 'template') return state.template.list.filter;
  return state.step === 'act' ? state.act.list.filter : state.fleet.filter;
}

function reduceFilter(state: AppState, key: Key): Reduced<AppState> {
  if (key.name === 'enter') return [{ ...state, filtering: null }, []];
  if (key.name === 'escape') return [setFilter({ ...state, filtering: null }, ''), []];
  const field = editText(state.filtering ?? textField(''), key);
  return field === null ? [state, []] : [setFilter({ ...state, filtering: field }, field.value), []];
}

function setFilter(state: AppState, filter: string): AppState {
  const { template, act, fleet } = state;
  if (state.step === 'template' && template.params !== null) {
    const { params } = template;
    const ids = matching(params.lines, filter, ({ line }) => line).map(({ name }) => name);
    return {
      ...state,
      template: { ...template, params: { ...params, list: keepSelection({ ...params.list, filter }, ids) } },
    };
  }
  if (state.step === 'template') {
    const list = { ...template.list, filter };
    const ids = templateRows({ ...template, list }).map(({ uuid }) => uuid);
    return { ...state, template: { ...template, list: keepSelection(list, ids) } };
  }
  if (state.step === 'act') {
    const ids = matching(act.candidates, filter, ({ name }) => name).map(({ ref }) => ref);
    return { ...state, act: { ...act, list: keepSelection({ ...act.list, filter }, ids) } };
  }
  return { ...state, fleet: { ...fleet, filter } };
}

type ResultEvent = Exclude<Event, { type: 'tick' | 'key' | 'paste' }>;

/** Results go to every part that may want them; parts ignore what is not theirs. */
function reduceResult(state: AppState, event: ResultEvent): Reduced<AppState> {
  const parts = [
    reduceConnect,
    reduceTemplate,
    reduceConfigure,
    reduceVerify,
    reduceAct,
    reduceJob,
    reduceFleet,
  ] as const;
  let current: AppState =
    (event.type === 'failed' || event.type === 'finished') && state.stopping
      ? { ...state, stopping: false, flash: null }
      : state;
  const commands: Command[] = [];
  for (const part of parts) {
    const [next, more] = part(current, event);
    current = next;
    commands.push(...more);
  }
  return [current, commands];
}
