import type { SceneBinding } from '../../app/screen.ts';
import { change, flash } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import type { FleetCommand, FleetState } from './state.ts';

/** Turns the notices off and on again while the screen is open. */
export const quietKey: SceneBinding<FleetState, FleetCommand> = {
  keys: ['b'],
  label: 'bell',
  help: 'turn bell, desktop notice and title at the end of an install off or on',
  hidden: true,
  run(scene) {
    const news = { ...scene.own.news, quiet: !scene.own.news.quiet };
    const text = news.quiet ? 'No more notices at the end of an install.' : 'A notice at the end of each install.';
    return stay(flash(change(scene, { news }), text, 'note'));
  },
};
