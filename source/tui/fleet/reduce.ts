import { concernsUs } from '../../hosts/vm.ts';
import { foldInstalls, type Install, newlyProven } from '../../watch/installs.ts';
import type { Command, Reduced } from '../events.ts';
import { openJob } from '../job/reduce.ts';
import { matching, move } from '../list.ts';
import { isKey, type PartEvent, stay } from '../part.ts';
import type { AppState, FleetState } from '../state.ts';

/** The VMs to show, by name. */
export function fleetRows(fleet: FleetState): readonly Install[] {
  const all = [...fleet.installs.byRef.values()]
    .filter(({ vm, state }) => fleet.all || concernsUs(vm.record, state.state))
    .sort((a, b) => a.vm.record.name_label.localeCompare(b.vm.record.name_label, 'en', { numeric: true }));
  return matching(all, fleet.filter, ({ vm }) => vm.record.name_label);
}

/** Step 6: the VMs live, and what can be done with the selected one. */
export function reduceFleet(state: AppState, event: PartEvent): Reduced<AppState> {
  const { fleet } = state;
  const set = (change: Partial<FleetState>): AppState => ({ ...state, fleet: { ...fleet, ...change } });
  if (!isKey(event)) return reduceResult(state, event);
  const ids = fleetRows(fleet).map(({ vm }) => vm.ref);
  const moved = event.action === null ? null : move({ selected: fleet.selected, filter: '' }, event.action, ids);
  if (moved !== null) return stay(set({ selected: moved.selected }));
  switch (event.action) {
    case 'start':
    case 'stop':
    case 'rearm':
    case 'repair':
      if (fleet.selected === null) return stay(state);
      return openJob(state, event.action, {
        do: 'plan',
        work: event.action,
        refs: [fleet.selected],
        template: state.template.chosen,
      });
    case 'create':
      return stay({ ...state, step: 'act', act: { ...state.act, view: 'menu' } });
    case 'details':
      if (fleet.selected === null) return stay(state);
      return stay(set({ pane: fleet.pane === 'details' ? 'table' : 'details' }));
    case 'log':
      if (fleet.selected === null) return stay(state);
      return stay(set({ pane: fleet.pane === 'log' ? 'table' : 'log' }));
    case 'all':
      return stay(set({ all: !fleet.all }));
    case 'back':
      if (fleet.pane !== 'table') return stay(set({ pane: 'table' }));
      return stay({ ...state, step: 'act', act: { ...state.act, view: 'menu' } });
    default:
      return stay(state);
  }
}

function reduceResult(state: AppState, event: Exclude<PartEvent, { key: unknown }>): Reduced<AppState> {
  const { fleet } = state;
  switch (event.type) {
    case 'installs': {
      const installs = foldInstalls(fleet.installs, event.event, event.now);
      const next: FleetState = { ...fleet, installs, following: true };
      const shown = fleetRows(next).map(({ vm }) => vm.ref);
      const selected =
        fleet.selected !== null && shown.includes(fleet.selected) ? fleet.selected : (shown[0] ?? null);
      return stay(
        { ...state, now: Math.max(state.now, event.now), fleet: { ...next, selected } },
        ...verdicts(fleet, next, state.readOnly),
      );
    }
    case 'receiver':
      return stay({ ...state, fleet: { ...fleet, receiver: { port: event.port } } });
    case 'receiver-failed':
      return stay({ ...state, fleet: { ...fleet, receiver: { problem: event.problem } } });
    case 'failed':
      if (event.during !== 'follow') return stay(state);
      return stay({
        ...state,
        fleet: {
          ...fleet,
          following: false,
          installs: { ...fleet.installs, lost: { reason: event.problem.message, since: state.now } },
        },
      });
    default:
      return stay(state);
  }
}

/** Installs that have just been proven go on record. */
function verdicts(before: FleetState, after: FleetState, readOnly: boolean): Command[] {
  if (readOnly) return [];
  return newlyProven(before.installs, after.installs).map((ref) => ({ do: 'record-installed', ref }));
}
