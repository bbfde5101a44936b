import { readLine } from '../../fai/form.ts';
import { hasFaiArguments } from '../../fai/kernel-line.ts';
import { sortTemplates, type TemplateFacts, templateFacts } from '../../hosts/template.ts';
import type { Reduced } from '../events.ts';
import { keepSelection, matching, move } from '../list.ts';
import { goTo, isKey, type PartEvent, stay } from '../part.ts';
import type { AppState, TemplateState } from '../state.ts';
import { editText, textField } from '../text-field.ts';
import { startForm } from './start-form.ts';

/** The templates to show, in order. */
export const templateRows = (template: TemplateState): readonly TemplateFacts[] =>
  matching(template.items, template.list.filter, ({ name }) => name);

/** Step 2: one's own template, or a copy of the vendor's. */
export function reduceTemplate(state: AppState, event: PartEvent): Reduced<AppState> {
  if (!isKey(event)) return reduceResult(state, event);
  if (state.template.params !== null) return reduceParams(state, event);
  if (state.template.copy !== null) return reduceCopy(state, event);
  const { template } = state;
  const moved =
    event.action === null
      ? null
      : move(
          template.list,
          event.action,
          templateRows(template).map(({ uuid }) => uuid),
        );
  if (moved !== null) return stay(set(state, { list: moved }));
  const chosen = template.items.find(({ uuid }) => uuid === template.list.selected);
  switch (event.action) {
    case 'use':
      if (chosen === undefined) return stay(state);
      return chosen.vendor ? stay(openCopy(state, chosen)) : stay(configureWith(state, chosen));
    case 'copy':
      return chosen === undefined ? stay(state) : stay(openCopy(state, chosen));
    case 'params': {
      const record = chosen && template.records.get(chosen.uuid);
      return record === undefined
        ? stay(state)
        : stay(state, { do: 'load-params', ref: record.ref, uuid: record.record.uuid });
    }
    case 'reload':
      return stay(set(state, { loading: true }), { do: 'load-templates' });
    case 'back':
      return stay({ ...state, step: 'connect' });
    default:
      return stay(state);
  }
}

const set = (state: AppState, change: Partial<TemplateState>): AppState => ({
  ...state,
  template: { ...state.template, ...change },
});

function reduceResult(state: AppState, event: Exclude<PartEvent, { key: unknown }>): Reduced<AppState> {
  switch (event.type) {
    case 'templates': {
      const items = sortTemplates(event.vms.map(templateFacts));
      const records = new Map(event.vms.map((vm) => [vm.record.uuid, vm]));
      const wanted = state.template.chosen ?? state.template.list.selected;
      const list = keepSelection(
        { ...state.template.list, selected: wanted },
        items.map(({ uuid }) => uuid),
      );
      return stay(set(state, { items, records, list, loading: false, problem: null }));
    }
    case 'copied': {
      const next = set(state, {
        copy: null,
        draft: null,
        copying: false,
        chosen: event.uuid,
        list: { selected: event.uuid, filter: '' },
      });
      const chosen = next.template.items.find(({ uuid }) => uuid === event.uuid);
      const history = [...state.history, `template ${event.name} copied  ${event.uuid}`];
      return stay(chosen === undefined ? { ...next, history } : configureWith({ ...next, history }, chosen));
    }
    case 'params': {
      const list = { selected: event.lines[0]?.name ?? null, filter: '' };
      return stay(set(state, { params: { uuid: event.uuid, lines: event.lines, list } }));
    }
    case 'failed':
      if (event.during === 'load-templates') return stay(set(state, { loading: false, problem: event.problem }));
      if (event.during === 'copy-template') return stay(set(state, { copying: false, problem: event.problem }));
      return stay(state);
    default:
      return stay(state);
  }
}

/** Prefilled as the page says: fill in some good comments. */
function openCopy(state: AppState, chosen: TemplateFacts): AppState {
  const { draft } = state.template;
  if (draft?.source === chosen.uuid) return set(state, { copy: draft, problem: null });
  const date = new Date(state.now).toISOString().slice(0, 10);
  const repository = state.suggestions.repository === undefined ? '' : `, repository ${state.suggestions.repository}`;
  const comment = `FAI install${repository}, copied from ${chosen.name}, ${date}`;
  const name = textField(`FAI ${chosen.release || chosen.name}`);
  return set(state, { copy: { source: chosen.uuid, field: 0, name, comment: textField(comment) }, problem: null });
}

function reduceCopy(state: AppState, { action, key }: Extract<PartEvent, { key: unknown }>): Reduced<AppState> {
  const { copy, copying } = state.template;
  if (copy === null || copying) return stay(state);
  const field = copy.field === 0 ? 'name' : 'comment';
  const put = (change: Partial<typeof copy>): AppState => set(state, { copy: { ...copy, ...change } });
  switch (action) {
    case 'submit':
      if (copy.field === 0) return stay(put({ field: 1 }));
      if (copy.name.value.trim() === '')
        return stay({ ...put({ field: 0 }), flash: { text: 'The copy needs a name.', tone: 'bad' } });
      return stay(set(state, { copying: true, problem: null }), {
        do: 'copy-template',
        source: copy.source,
        name: copy.name.value.trim(),
        comment: copy.comment.value,
      });
    case 'next':
    case 'last':
      return stay(put({ field: 1 }));
    case 'previous':
      return stay(put({ field: 0 }));
    case 'back':
      return stay(set(state, { copy: null, draft: copy }));
    default: {
      const edited = editText(copy[field], key);
      return stay(edited === null ? state : put({ [field]: edited }));
    }
  }
}

function reduceParams(state: AppState, { action }: Extract<PartEvent, { key: unknown }>): Reduced<AppState> {
  const { params } = state.template;
  if (params === null) return stay(state);
  const shown = matching(params.lines, params.list.filter, ({ line }) => line);
  const moved =
    action === null
      ? null
      : move(
          params.list,
          action,
          shown.map(({ name }) => name),
        );
  if (moved !== null) return stay(set(state, { params: { ...params, list: moved } }));
  if (action === 'back') return stay(set(state, { params: null }));
  const line = shown.find(({ name }) => name === params.list.selected);
  const text = action === 'copy-uuid' ? params.uuid : action === 'copy-line' ? line?.line.trim() : undefined;
  if (text === undefined) return stay(state);
  return stay(
    { ...state, flash: { text: 'Sent to the clipboard of your terminal (if it allows that).', tone: 'good' } },
    { do: 'copy-text', text },
  );
}

/** On to step 3 with what this template has; what it lacks is suggested. */
function configureWith(state: AppState, chosen: TemplateFacts): AppState {
  const same = state.configure.template === chosen.uuid;
  const next = goTo(set(state, { chosen: chosen.uuid }), 'configure');
  if (same) return next;
  const plain = {
    repository: chosen.repository || (state.suggestions.repository ?? ''),
    release: chosen.release,
    arch: chosen.arch || 'i386',
    proxy: chosen.proxy,
  };
  const form = hasFaiArguments(chosen.args) ? readLine(chosen.args) : startForm(state);
  return {
    ...next,
    configure: {
      ...state.configure,
      template: chosen.uuid,
      plain,
      form,
      field: 0,
      cursor: plain.repository.length,
      problem: null,
    },
  };
}
