import type { Screen } from '../../app/screen.ts';
import { typeIn } from '../../kit/form-keys.ts';
import { configureForm, configureKeys, configureTerms, savingKeys } from './keys.ts';
import { configurePlace } from './place.ts';
import { noticeConfigure, reduceConfigure } from './reduce.ts';
import { type ConfigureCommand, type ConfigureEvent, type ConfigureState, startConfigure } from './state.ts';
import { configureView } from './view.ts';

/** Step 3: where the repository is, and the kernel line. */
export const configure: Screen<'configure', ConfigureState, ConfigureEvent, ConfigureCommand> = {
  name: 'configure',
  place: configurePlace,
  start: startConfigure,
  layers: ({ own }) =>
    own.saving
      ? [{ keys: savingKeys, view: configureView }]
      : [
          {
            keys: configureKeys,
            typed: (now, key) => typeIn(configureForm, now, key),
            view: configureView,
            terms: configureTerms,
          },
        ],
  reduce: reduceConfigure,
  notice: noticeConfigure,
  busy: ({ saving }) => saving,
  perform: async (command, work) => (await import('./effects.ts')).performConfigure(command, work),
  failed: (_, problem) => ({ type: 'failed', problem }),
};
