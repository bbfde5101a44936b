import { lookOf } from '../../app/installs.ts';
import type { Screen } from '../../app/screen.ts';
import type { Term } from '../../kit/glossary.ts';
import { filterLayers } from '../../kit/list-keys.ts';
import { heardRow } from './header.ts';
import { fleetKeys, fleetList } from './keys.ts';
import { paneLayers } from './panes.ts';
import { fleetPlace } from './place.ts';
import { noticeFleet, reduceFleet } from './reduce.ts';
import {
  type FleetCommand,
  type FleetEvent,
  type FleetScene,
  type FleetState,
  selectedInstall,
  startFleet,
} from './state.ts';
import { fleetView } from './view.ts';

/** The words of the VM under the cursor. */
function fleetTerms(scene: FleetScene): readonly Term[] {
  const install = selectedInstall(scene);
  return install === undefined ? [] : [lookOf(install, scene.shared.now), 'rearm', 'eliloader', 'monitor'];
}

/** Step 6: the VMs live, and what can be done with the selected one. */
export const fleet: Screen<'fleet', FleetState, FleetEvent, FleetCommand> = {
  name: 'fleet',
  place: fleetPlace,
  start: startFleet,
  layers: (scene) => [
    { keys: fleetKeys, view: fleetView, message: heardRow, terms: fleetTerms },
    ...paneLayers(scene),
    ...filterLayers(scene, fleetList, scene.own.pane !== 'table'),
  ],
  reduce: reduceFleet,
  notice: noticeFleet,
  busy: () => false,
  perform: async (command, work) => (await import('./effects.ts')).performFleet(command, work),
  failed: (command, problem) =>
    command.do === 'read-devices' ? { type: 'no-devices', vm: command.vm.ref, problem } : { type: 'failed', problem },
  // Installs do not need us: they go on when the screen is closed. Those of a demo end with it.
  farewell: ({ shared }) =>
    [...(shared.suggestions.banner === undefined ? shared.fleet.byRef.values() : [])]
      .filter((install) => lookOf(install, shared.now) === 'installing')
      .map(({ vm }) => `${vm.record.name_label}: the install goes on; look again with xenfai, or xenfai status`),
};
