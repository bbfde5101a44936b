import type { SceneBinding } from '../../app/screen.ts';
import { change } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { type FleetCommand, type FleetState, selectedInstall } from './state.ts';

const order = ['table', 'details', 'log'] as const;

/** Gives the keys to the next pane. */
export const nextPaneKey: SceneBinding<FleetState, FleetCommand> = {
  keys: ['tab'],
  label: 'next pane',
  help: 'table, details and log in turn',
  disabled: (scene) => (selectedInstall(scene) === undefined ? 'No VM is selected.' : null),
  run(scene) {
    const at = order.indexOf(scene.own.pane);
    return stay(change(scene, { pane: order[(at + 1) % order.length] ?? 'table' }));
  },
};
