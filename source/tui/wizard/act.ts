import { expandNames } from '../../operations/vm-names.ts';
import { parseSize } from '../../text/sizes.ts';
import { outcomeOf } from '../../watch/installs.ts';
import type { Command, Reduced } from '../events.ts';
import { openJob } from '../job/reduce.ts';
import { keepSelection, matching, move } from '../list.ts';
import { goTo, isKey, type PartEvent, stay } from '../part.ts';
import { canRearmRecord, canRepairRecord, canStartRecord } from '../reasons.ts';
import type { ActState, AppState, Candidate, Work } from '../state.ts';
import { editText } from '../text-field.ts';

/** What can be done in step 5; ink-select-input shows it. */
export const actMenu: readonly { readonly label: string; readonly value: string }[] = [
  { label: 'Create new VMs from this template', value: 'create' },
  { label: 'Boot VMs that are armed', value: 'start' },
  { label: 'Rearm VMs whose attempt is used', value: 'rearm' },
  { label: 'Repair a VM made with another tool', value: 'repair' },
  { label: 'Another template', value: 'template' },
  { label: 'Watch the fleet', value: 'fleet' },
];

export const createFields = ['names', 'memory', 'vcpus', 'disk', 'sr', 'network', 'button'] as const;

/** Step 5: what to do with the template, or with the VMs there are. */
export function reduceAct(state: AppState, event: PartEvent): Reduced<AppState> {
  if (!isKey(event)) return reduceResult(state, event);
  switch (state.act.view) {
    case 'menu':
      if (event.action !== 'back') return stay(state);
      return stay({ ...state, step: state.done.includes('verify') ? 'verify' : 'connect' });
    case 'create':
      return reduceCreate(state, event);
    case 'pick':
      return reducePick(state, event);
  }
}

const set = (state: AppState, change: Partial<ActState>): AppState => ({
  ...state,
  act: { ...state.act, ...change },
});

function reduceResult(state: AppState, event: Exclude<PartEvent, { key: unknown }>): Reduced<AppState> {
  switch (event.type) {
    case 'menu':
      return state.step === 'act' ? choose(state, event.value) : stay(state);
    case 'choices': {
      const sr = Math.max(
        0,
        event.srs.findIndex(({ uuid }) => uuid === event.defaultSr),
      );
      return stay(set(state, { srs: event.srs, networks: event.networks, sr, network: 0 }));
    }
    case 'failed':
      return event.during === 'load-choices' ? stay(set(state, { problem: event.problem })) : stay(state);
    case 'installs':
      // Candidates follow the host while one picks.
      return state.step === 'act' && state.act.view === 'pick' ? stay(refreshed(state)) : stay(state);
    default:
      return stay(state);
  }
}

function choose(state: AppState, value: string): Reduced<AppState> {
  switch (value) {
    case 'create':
      if (state.template.chosen === null) {
        const flash = { text: 'Choose and prepare a template first.', tone: 'note' } as const;
        return stay({ ...state, step: 'template', flash }, { do: 'load-templates' });
      }
      return stay(set(state, { view: 'create', work: 'create', field: 0, problem: null }), { do: 'load-choices' });
    case 'template':
      return stay({ ...state, step: 'template' }, { do: 'load-templates' });
    case 'fleet':
      return stay(goTo(state, 'fleet'));
    default:
      return stay(
        refreshed(
          set(state, { view: 'pick', work: value as Work, ticked: [], list: { selected: null, filter: '' } }),
        ),
      );
  }
}

/** The VMs for this work, those that it fits first; the others say why not. */
function refreshed(state: AppState): AppState {
  const reasonOf = { start: canStartRecord, rearm: canRearmRecord, repair: canRepairRecord, create: () => null }[
    state.act.work
  ];
  const all = [...state.fleet.installs.byRef.values()].map(
    (install): Candidate => ({
      ref: install.vm.ref,
      name: install.vm.record.name_label,
      state: outcomeOf(install, state.now) === 'waits' ? 'waits for a key' : install.state.state,
      reason: reasonOf(install.vm.record, install.state.state),
    }),
  );
  all.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const candidates = [...all.filter(({ reason }) => reason === null), ...all.filter(({ reason }) => reason !== null)];
  const list = keepSelection(
    state.act.list,
    candidates.map(({ ref }) => ref),
  );
  return set(state, {
    candidates,
    list,
    ticked: state.act.ticked.filter((ref) => candidates.some((one) => one.ref === ref && one.reason === null)),
  });
}

function reducePick(state: AppState, { action }: Extract<PartEvent, { key: unknown }>): Reduced<AppState> {
  const { act } = state;
  const rows = matching(act.candidates, act.list.filter, ({ name }) => name);
  const moved =
    action === null
      ? null
      : move(
          act.list,
          action,
          rows.map(({ ref }) => ref),
        );
  if (moved !== null) return stay(set(state, { list: moved }));
  const { selected } = act.list;
  switch (action) {
    case 'toggle': {
      if (selected === null) return stay(state);
      const ticked = act.ticked.includes(selected)
        ? act.ticked.filter((ref) => ref !== selected)
        : [...act.ticked, selected];
      return stay(set(state, { ticked }));
    }
    case 'submit': {
      const refs = act.ticked.length > 0 ? act.ticked : selected === null ? [] : [selected];
      if (act.work === 'create' || refs.length === 0) return stay(state);
      return openJob(state, act.work, { do: 'plan', work: act.work, refs, template: state.template.chosen });
    }
    case 'back':
      return stay(set(state, { view: 'menu' }));
    default:
      return stay(state);
  }
}

function reduceCreate(state: AppState, { action, key }: Extract<PartEvent, { key: unknown }>): Reduced<AppState> {
  const { act } = state;
  const field = createFields[act.field] ?? 'names';
  const last = createFields.length - 1;
  switch (action) {
    case 'submit':
      return field === 'button' ? submitCreate(state) : stay(set(state, { field: act.field + 1 }));
    case 'next':
      return stay(set(state, { field: Math.min(last, act.field + 1) }));
    case 'previous':
      return stay(set(state, { field: Math.max(0, act.field - 1) }));
    case 'last':
      return stay(set(state, { field: last }));
    case 'back':
      return stay(set(state, { view: 'menu' }));
    default:
      break;
  }
  if (field === 'button') return stay(state);
  if (field === 'sr' || field === 'network') {
    const options = field === 'sr' ? act.srs : act.networks;
    const turn = action === 'left' ? -1 : action === 'right' ? 1 : 0;
    return stay(
      turn === 0 || options.length === 0
        ? state
        : set(state, { [field]: (act[field] + turn + options.length) % options.length }),
    );
  }
  const edited = editText(act[field], key);
  return stay(edited === null ? state : set(state, { [field]: edited }));
}

/** What is wrong with the answers, or null. */
export function createProblem(act: ActState): string | null {
  const names = act.names.value.split(/\s+/).filter((name) => name !== '');
  if (names.length === 0) return 'A name is missing: web01, or web[01-03] for three.';
  try {
    names.flatMap(expandNames);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (parseSize(act.memory.value) === null) return `Memory: "${act.memory.value}" is no size; write 512M.`;
  if (!/^[1-9]\d?$/.test(act.vcpus.value)) return `VCPUs: "${act.vcpus.value}" is no number from 1 to 99.`;
  if (parseSize(act.disk.value) === null) return `Disk: "${act.disk.value}" is no size; write 8G.`;
  return null;
}

function submitCreate(state: AppState): Reduced<AppState> {
  const { act, template } = state;
  const problem = createProblem(act);
  if (problem !== null || template.chosen === null) {
    const field = act.names.value.trim() === '' ? 0 : act.field;
    return stay({ ...set(state, { field }), flash: { text: problem ?? 'No template is chosen.', tone: 'bad' } });
  }
  const command: Command = {
    do: 'plan-create',
    template: template.chosen,
    request: {
      names: act.names.value,
      memory: act.memory.value,
      vcpus: act.vcpus.value,
      disk: act.disk.value,
      sr: act.srs[act.sr]?.uuid ?? '',
      network: act.networks[act.network]?.uuid ?? '',
    },
  };
  return openJob(state, 'create', command, { force: state.verify.overridden });
}
