import type { Screen } from '../../app/screen.ts';
import { termsOf } from '../../kit/form.ts';
import { typeIn } from '../../kit/form-keys.ts';
import { filterLayers } from '../../kit/list-keys.ts';
import { copyFields } from './copy.ts';
import { copyForm, copyingKeys, copyKeys, paramKeys, paramList, templateKeys, templateList } from './keys.ts';
import { templatePlace } from './place.ts';
import { noticeTemplate, reduceTemplate } from './reduce.ts';
import {
  startTemplate,
  type TemplateCommand,
  type TemplateEvent,
  type TemplateState,
  templateTerms,
} from './state.ts';
import { copyView, paramsView, templateView } from './view.ts';

/** Step 2: the templates of the host; looked at, copied, chosen. */
export const template: Screen<'template', TemplateState, TemplateEvent, TemplateCommand> = {
  name: 'template',
  place: templatePlace,
  start: startTemplate,
  layers(scene) {
    const { params, copy, copying } = scene.own;
    if (params !== null) return [{ keys: paramKeys, view: paramsView }, ...filterLayers(scene, paramList)];
    const list = [
      { keys: templateKeys, view: templateView, terms: templateTerms },
      ...filterLayers(scene, templateList),
    ];
    if (copy === null) return list;
    if (copying) return [...list, { keys: copyingKeys, view: copyView }];
    const terms = termsOf(copyFields(copy), copy.form);
    return [
      ...list,
      { keys: copyKeys, typed: (now, key) => typeIn(copyForm, now, key), view: copyView, terms: () => terms },
    ];
  },
  reduce: reduceTemplate,
  notice: noticeTemplate,
  busy: ({ loading, copying }) => loading || copying,
  perform: async (command, work) => (await import('./effects.ts')).performTemplate(command, work),
  failed: (command, problem) => ({ type: 'failed', during: command.do, problem }),
};
