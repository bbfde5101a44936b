import { helpKey, quitKey } from '../../app/layers.ts';
import { canRearmRecord, canRepairRecord, canStartRecord, canStopRecord, type Reason } from '../../app/reasons.ts';
import type { SceneBinding } from '../../app/screen.ts';
import { back, change, share, writeReason } from '../../app/shared.ts';
import type { VmWork } from '../../app/work.ts';
import { stay } from '../../kit/binding.ts';
import { filterKey, type ListAt, listKeys } from '../../kit/list-keys.ts';
import { actPlace } from '../act/place.ts';
import { type FleetCommand, type FleetScene, type FleetState, fleetRows, selectedInstall } from './state.ts';

type Key = SceneBinding<FleetState, FleetCommand>;

export const fleetList: ListAt<FleetScene> = {
  list: ({ own }) => own.list,
  put: (scene, list) => change(scene, { list }),
  ids: (scene) => fleetRows(scene).map(({ vm }) => vm.ref),
};

/** A key that asks for work on the selected VM. */
const workKey = (key: string, label: VmWork, help: string, reason: Reason): Key => ({
  keys: [key],
  label,
  help,
  disabled(scene) {
    const install = selectedInstall(scene);
    if (install === undefined) return 'No VM is selected.';
    return writeReason(scene) ?? reason(install.vm.record, install.state.state);
  },
  run(scene) {
    const chosen = selectedInstall(scene);
    const refs = chosen === undefined ? [] : [chosen.vm.ref];
    return stay(share(scene, { request: { work: label, refs, template: scene.shared.templates.chosen } }));
  },
});

/** A key that opens a pane for the selected VM, and closes it. */
const paneKey = (key: string, pane: 'details' | 'log', label: string, help: string): Key => ({
  keys: [key],
  label,
  help,
  run: (scene) =>
    selectedInstall(scene) === undefined
      ? stay(scene)
      : stay(change(scene, { pane: scene.own.pane === pane ? 'table' : pane })),
});

const toMenu = (scene: FleetScene): FleetScene => back(scene, actPlace);

export const fleetKeys: readonly Key[] = [
  ...listKeys(fleetList),
  workKey('s', 'start', 'start it; when armed, only if its files pass the check', canStartRecord),
  workKey('x', 'stop', 'shut it down', canStopRecord),
  workKey('a', 'rearm', 'the installer once more at the next boot', canRearmRecord),
  workKey('p', 'repair', 'give it what its template says, before its first boot', canRepairRecord),
  {
    keys: ['n'],
    label: 'new',
    help: 'new VMs, or other work: back to the menu',
    run: (scene) => stay(toMenu(scene)),
  },
  paneKey('enter', 'details', 'more', 'details of the selected VM, and back to the table'),
  paneKey('l', 'log', 'log', 'what FAI has said of the selected VM, and back'),
  {
    keys: ['o'],
    label: 'others',
    help: 'show or hide VMs that no install concerns',
    hidden: true,
    run: (scene) => stay(change(scene, { all: !scene.own.all })),
  },
  filterKey(fleetList, 'only those whose name holds what you type', true),
  quitKey(),
  {
    keys: ['escape'],
    label: 'menu',
    help: 'back to what can be done',
    run: (scene) => stay(scene.own.pane === 'table' ? toMenu(scene) : change(scene, { pane: 'table' })),
  },
  helpKey(),
];
