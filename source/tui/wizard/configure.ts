import { sourceFindings } from '../../boot/methods/eliloader.ts';
import { composeLine } from '../../fai/form.ts';
import { sameArguments } from '../../fai/kernel-line.ts';
import { validateLine } from '../../fai/validate.ts';
import { errorsOf, type Finding } from '../../problem/finding.ts';
import type { Reduced } from '../events.ts';
import { goTo, isKey, type PartEvent, stay } from '../part.ts';
import type { AppState, ConfigureState } from '../state.ts';
import { editText } from '../text-field.ts';
import { type ConfigureField, configureFields } from './fields.ts';

/** The kernel line as it will be saved: the template's own where only the order would change. */
export function kernelLine(state: AppState): string {
  const before = state.template.records.get(state.template.chosen ?? '')?.record.PV_args ?? '';
  const line = composeLine(state.configure.form);
  return sameArguments(before, line) ? before : line;
}

/** Everything wrong with the form now, errors first. */
export function configureFindings({ plain, form }: ConfigureState): readonly Finding[] {
  const all = [...sourceFindings(plain), ...validateLine(composeLine(form))];
  return [...errorsOf(all), ...all.filter(({ severity }) => severity === 'warning')];
}

/** Step 3: repository and kernel line, validated as one types. */
export function reduceConfigure(state: AppState, event: PartEvent): Reduced<AppState> {
  if (!isKey(event)) return reduceResult(state, event);
  const { configure } = state;
  if (configure.saving) return stay(state);
  const fields = configureFields(configure);
  const field = fields[configure.field];
  if (field === undefined) return stay(focus(state, 0));
  const last = fields.length - 1;
  switch (event.action) {
    case 'submit':
      return field.kind === 'button' ? save(state) : stay(focus(state, configure.field + 1));
    case 'next':
      return stay(focus(state, Math.min(last, configure.field + 1)));
    case 'previous':
      return stay(focus(state, Math.max(0, configure.field - 1)));
    case 'last':
      return stay(focus(state, last));
    case 'back':
      return stay({ ...state, step: 'template' });
    default:
      return stay(set(state, edit(configure, field, event)));
  }
}

const set = (state: AppState, change: Partial<ConfigureState>): AppState => ({
  ...state,
  configure: { ...state.configure, ...change },
});

function focus(state: AppState, index: number): AppState {
  const field = configureFields(state.configure)[index];
  return set(state, { field: index, cursor: [...(field?.value(state.configure) ?? '')].length });
}

function edit(
  configure: ConfigureState,
  field: ConfigureField,
  { action, key }: Extract<PartEvent, { key: unknown }>,
): ConfigureState {
  const options = field.options?.(configure) ?? [];
  if (field.kind === 'flags') {
    const turn = action === 'left' ? -1 : action === 'right' ? 1 : 0;
    const flag = Math.max(0, Math.min(options.length - 1, configure.flag + turn));
    return action === 'toggle' ? tick(configure, options[configure.flag] ?? '') : { ...configure, flag };
  }
  if (field.kind === 'choice') {
    const turn = action === 'left' ? -1 : action === 'right' || action === 'toggle' ? 1 : 0;
    if (turn === 0 || options.length === 0) return configure;
    const at = options.indexOf(field.value(configure));
    return field.change(configure, options[(at + turn + options.length) % options.length] ?? '');
  }
  if (field.kind === 'toggle') return action === 'toggle' ? field.change(configure, '') : configure;
  if (field.kind === 'button') return configure;
  const edited = editText({ value: field.value(configure), cursor: configure.cursor }, key);
  return edited === null ? configure : { ...field.change(configure, edited.value), cursor: edited.cursor };
}

/** Ticks a flag; `verbose` goes first, the rest in the order of the list. */
function tick(configure: ConfigureState, name: string): ConfigureState {
  const { flags } = configure.form;
  const ticked = flags.includes(name) ? flags.filter((flag) => flag !== name) : [...flags, name];
  const sorted = ticked.includes('verbose') ? ['verbose', ...ticked.filter((flag) => flag !== 'verbose')] : ticked;
  return { ...configure, form: { ...configure.form, flags: sorted } };
}

function save(state: AppState): Reduced<AppState> {
  const [first] = errorsOf(configureFindings(state.configure));
  if (first !== undefined) return stay({ ...state, flash: { text: `Not yet: ${first.message}`, tone: 'bad' } });
  const { plain } = state.configure;
  const { chosen } = state.template;
  if (chosen === null) return stay(state);
  const settings = {
    repository: plain.repository,
    release: plain.release,
    arch: plain.arch,
    args: kernelLine(state),
    proxy: plain.proxy,
  };
  return stay(set(state, { saving: true, problem: null }), { do: 'save', template: chosen, settings });
}

function reduceResult(state: AppState, event: Exclude<PartEvent, { key: unknown }>): Reduced<AppState> {
  if (event.type === 'configured') {
    const { record } = event.vm;
    const records = new Map(state.template.records).set(record.uuid, event.vm);
    const saved = set({ ...state, template: { ...state.template, records } }, { saving: false, problem: null });
    const verify = {
      ...state.verify,
      running: true,
      downloads: {},
      result: null,
      problem: null,
      overridden: false,
      scroll: 0,
    };
    const history = event.changed
      ? [...state.history, `template ${record.name_label} set  ${record.uuid}`]
      : state.history;
    return stay(
      goTo({ ...saved, verify, history }, 'verify'),
      { do: 'verify', template: record.uuid },
      { do: 'load-templates' },
    );
  }
  if (event.type === 'failed' && event.during === 'save')
    return stay(set(state, { saving: false, problem: event.problem }));
  return stay(state);
}
