import type { Screen } from '../../app/screen.ts';
import { termsOf } from '../../kit/form.ts';
import { typeIn } from '../../kit/form-keys.ts';
import { filterLayers } from '../../kit/list-keys.ts';
import { createFields } from './fields.ts';
import { actMenuKeys, candidateList, createForm, createKeys, pickKeys } from './keys.ts';
import { actPlace } from './place.ts';
import { noticeAct, reduceAct } from './reduce.ts';
import { type ActCommand, type ActEvent, type ActState, startAct } from './state.ts';
import { menuTerms, pickTerms } from './terms.ts';
import { actMenuView, createView, pickView } from './view.ts';

/** Step 5: what to do with the template, or with the VMs there are. */
export const act: Screen<'act', ActState, ActEvent, ActCommand> = {
  name: 'act',
  place: actPlace,
  start: startAct,
  layers(scene) {
    switch (scene.own.view) {
      case 'menu':
        return [{ keys: actMenuKeys, view: actMenuView, terms: menuTerms }];
      case 'create':
        return [
          {
            keys: createKeys,
            typed: (now, key) => typeIn(createForm, now, key),
            view: createView,
            terms: ({ own }) => termsOf(createFields(own), own.form),
          },
        ];
      case 'pick':
        return [{ keys: pickKeys, view: pickView, terms: pickTerms }, ...filterLayers(scene, candidateList)];
    }
  },
  reduce: reduceAct,
  notice: noticeAct,
  busy: () => false,
  perform: async (command, work) => (await import('./effects.ts')).performAct(command, work),
  failed: (_, problem) => ({ type: 'failed', problem }),
};
