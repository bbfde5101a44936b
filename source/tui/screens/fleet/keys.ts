import type { Install } from '../../../watch/install.ts';
import { helpKey, quitKey } from '../../app/layers.ts';
import {
  canRearmAndStartRecord,
  canRearmRecord,
  canRepairRecord,
  canStartRecord,
  canStopRecord,
  type Reason,
} from '../../app/reasons.ts';
import type { SceneBinding } from '../../app/screen.ts';
import { armReason, back, change, flash, share, writeReason } from '../../app/shared.ts';
import type { VmWork } from '../../app/work.ts';
import { stay } from '../../kit/binding.ts';
import { filterKey, type ListAt, listKeys, tickKeys } from '../../kit/list-keys.ts';
import { actPlace } from '../act/place.ts';
import { layoutIn } from './layout.ts';
import { nextPaneKey } from './next-pane.ts';
import { quietKey } from './quiet-key.ts';
import { nextSorting, selecting, toNextProblem } from './reduce.ts';
import {
  chosenInstalls,
  type FleetCommand,
  type FleetScene,
  type FleetState,
  fleetRows,
  selectedInstall,
} from './state.ts';
import { hold } from './steady.ts';

type Key = SceneBinding<FleetState, FleetCommand>;

export const fleetList: ListAt<FleetScene> = {
  list: ({ own }) => own.list,
  put(scene, list) {
    const { own, shared } = scene;
    if (list.selected === own.list.selected) return change(scene, { list });
    return change(scene, { list, held: hold(own.held, fleetRows(scene), shared.now) });
  },
  ids: (scene) => fleetRows(scene).map(({ vm }) => vm.ref),
  // Without its header and the heads of its columns.
  page: (scene) => Math.max(1, layoutIn(scene).table.height - 2),
};

/** A key that asks for work on the ticked VMs, or on the selected one: one plan, with one question. */
const workKey = (key: string, work: VmWork, help: string, reason: Reason, label: string = work): Key => {
  const why = ({ vm, state }: Install): string | null => reason(vm.record, state.state);
  return {
    keys: [key],
    label,
    help,
    disabled(scene) {
      const chosen = chosenInstalls(scene);
      const [first] = chosen;
      if (first === undefined) return 'No VM is selected.';
      const not = work === 'start' || work === 'stop' ? writeReason(scene, work) : armReason(scene);
      if (not !== null) return not;
      if (chosen.length === 1) return why(first);
      return chosen.some((install) => why(install) === null)
        ? null
        : `Nothing for any of the ${chosen.length}: ${why(first)}`;
    },
    run(scene) {
      const chosen = chosenInstalls(scene).map((install) => ({ install, reason: why(install) }));
      const refs = chosen.flatMap(({ install, reason: not }) => (not === null ? [install.vm.ref] : []));
      const unfit = chosen.flatMap(({ install, reason: not }) =>
        not === null ? [] : [{ name: install.vm.record.name_label, reason: not }],
      );
      return stay(share(scene, { request: { work, refs, template: scene.shared.templates.chosen, unfit } }));
    },
  };
};

/** A key that opens a pane for the selected VM, and closes it. */
const paneKey = (key: string, pane: 'details' | 'log', label: string, help: string): Key => ({
  keys: [key],
  label,
  help,
  disabled: (scene) => (selectedInstall(scene) === undefined ? 'No VM is selected.' : null),
  run: (scene) => stay(change(scene, { pane: scene.own.pane === pane ? 'table' : pane })),
});

const toMenu = (scene: FleetScene): FleetScene => back(scene, actPlace);

const leave = (scene: FleetScene): FleetScene =>
  scene.shared.left === null ? toMenu(scene) : back(scene, scene.shared.left);

export const fleetKeys: readonly Key[] = [
  ...listKeys(fleetList),
  paneKey('enter', 'details', 'details', 'everything known about the selected VM; again: back to the table'),
  workKey('s', 'start', 'start it; when armed, only if its files pass the check', canStartRecord),
  workKey('a', 'rearm', 'the installer once more at the next boot', canRearmRecord),
  paneKey('l', 'log', 'log', 'the log of the selected VM; again: back to the table'),
  filterKey(fleetList, 'only VMs with what you type in their name, or in a state: failed, !installed'),
  workKey('A', 'rearm and start', 'the installer once more, now', canRearmAndStartRecord, 'rearm+start'),
  workKey('x', 'stop', 'shut it down', canStopRecord),
  workKey('p', 'repair', 'give it what its template says, before its first boot', canRepairRecord),
  {
    keys: ['n'],
    label: 'new',
    help: 'new VMs, or other work: back to the menu',
    run: (scene) => stay(toMenu(scene)),
  },
  nextPaneKey,
  ...tickKeys(fleetList, { allHelp: 'tick all that are shown; once more: none' }),
  {
    keys: ['e', '!'],
    label: 'next problem',
    help: 'the next VM that has failed, waits or is lost',
    run: (scene) =>
      stay(toNextProblem(scene) ?? flash(scene, 'None of those shown has failed, waits or is lost.', 'good')),
  },
  {
    keys: ['S'],
    label: 'sort',
    help: 'sort by the next column; at first, problems are on top',
    hidden: true,
    run: (scene) => stay(change(scene, { sorting: nextSorting(scene.own.sorting), held: null })),
  },
  {
    keys: ['R'],
    label: 'reverse',
    help: 'reverse the order',
    hidden: true,
    run(scene) {
      const { sorting } = scene.own;
      return stay(change(scene, { sorting: { ...sorting, reversed: !sorting.reversed }, held: null }));
    },
  },
  {
    keys: ['o'],
    label: 'others',
    help: 'show or hide VMs that have nothing to do with an install',
    hidden: true,
    run: (scene) => stay(selecting(change(scene, { all: !scene.own.all, held: null }))),
  },
  quietKey,
  quitKey(),
  {
    keys: ['escape'],
    label: 'menu',
    // Whoever came by the key for home is led back, not to another step.
    labelNow: ({ shared }) => shared.left?.label.toLowerCase() ?? 'menu',
    help: 'back to where you came from, or to the menu',
    run: (scene) => stay(scene.own.pane === 'table' ? leave(scene) : change(scene, { pane: 'table' })),
  },
  helpKey(),
];
