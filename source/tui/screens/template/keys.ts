import { helpKey, quitKey } from '../../app/layers.ts';
import type { SceneBinding, SceneForm } from '../../app/screen.ts';
import { armReason, back, change, flash, loaderReason, writeReason } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { newForm } from '../../kit/form.ts';
import { formKeys } from '../../kit/form-keys.ts';
import { filterKey, type ListAt, listKeys } from '../../kit/list-keys.ts';
import { connectPlace } from '../connect/place.ts';
import { copyFields, openCopy } from './copy.ts';
import { copyTemplate, showOthers, useTemplate } from './reduce.ts';
import {
  type CopyAnswers,
  paramRows,
  selectedTemplate,
  servesAs,
  type TemplateCommand,
  type TemplateScene,
  type TemplateState,
  templateRows,
} from './state.ts';

type Key = SceneBinding<TemplateState, TemplateCommand>;

export const templateList: ListAt<TemplateScene> = {
  list: ({ own }) => own.list,
  put: (scene, list) => change(scene, { list }),
  ids: (scene) => templateRows(scene).map(({ uuid }) => uuid),
};

/** Why the selected template is nothing for FAI; null: it is. A vendor's is copied, which is a change. */
function useReason(scene: TemplateScene): string | null {
  const item = selectedTemplate(scene);
  if (item === undefined) return loaderReason(scene.shared) ?? 'No template is selected.';
  const use = servesAs(scene, item);
  if (use === null) return loaderReason(scene.shared) ?? `Not for FAI: it ${item.reason ?? 'does not netboot'}.`;
  return use === 'as it is' ? loaderReason(scene.shared) : armReason(scene, 'make');
}

/** Enter makes a copy of it and goes on with that. */
function isCopiedFirst(scene: TemplateScene): boolean {
  const item = selectedTemplate(scene);
  return item !== undefined && ['a copy', 'made of it'].includes(servesAs(scene, item) ?? '');
}

export const templateKeys: readonly Key[] = [
  ...listKeys(templateList),
  {
    keys: ['enter'],
    label: 'use',
    labelNow: (scene) => (isCopiedFirst(scene) ? 'copy and use' : 'use'),
    help: 'use this template; a vendor template is copied first',
    disabled: useReason,
    run: useTemplate,
  },
  {
    keys: ['c'],
    label: 'copy',
    // Where Enter copies it, one key is enough to be told of.
    shown: (scene) => !isCopiedFirst(scene),
    help: 'copy it under another name',
    disabled: (scene) => writeReason(scene, 'make'),
    run: (scene) => stay(openCopy(scene)),
  },
  {
    keys: ['p'],
    label: 'all parameters',
    help: 'every parameter, as xe template-param-list prints it',
    run: (scene) => {
      const vm = scene.shared.templates.records.get(scene.own.list.selected ?? '');
      return vm === undefined ? stay(scene) : stay(scene, { do: 'load-params', ref: vm.ref, uuid: vm.record.uuid });
    },
  },
  filterKey(templateList, 'only those whose name holds what you type'),
  {
    keys: ['o'],
    label: 'others',
    help: 'show or hide the templates that FAI cannot boot',
    run: (scene) => stay(showOthers(scene)),
  },
  {
    keys: ['r'],
    label: 'read again',
    help: 'read the templates again',
    hidden: true,
    run: (scene) => stay(change(scene, { loading: true }), { do: 'load-templates' }),
  },
  {
    keys: ['escape'],
    label: 'back',
    help: 'one step back; nothing you typed is lost',
    run: (scene) => stay(back(scene, connectPlace)),
  },
  helpKey(),
  quitKey(),
];

const noCopy: SceneForm<TemplateState, TemplateCommand, CopyAnswers>['form'] = ({ own }) =>
  own.copy?.form ?? newForm({ name: '', comment: '', release: '', arch: '' });

export const copyForm: SceneForm<TemplateState, TemplateCommand, CopyAnswers> = {
  form: noCopy,
  put: (scene, form) => change(scene, { copy: scene.own.copy === null ? null : { ...scene.own.copy, form } }),
  fields: ({ own }) => copyFields(own.copy),
  submit: copyTemplate,
  last: 'copy',
  help: 'the next field; on the last one: copy',
  disabled: (scene) => writeReason(scene, 'make'),
};

export const copyKeys: readonly Key[] = [
  ...formKeys(copyForm),
  {
    keys: ['escape'],
    label: 'back',
    help: 'one step back; nothing you typed is lost',
    run: (scene) => stay(change(scene, { copy: null, draft: scene.own.copy, problem: null })),
  },
  helpKey(),
];

export const copyingKeys: readonly Key[] = [helpKey()];

export const paramList: ListAt<TemplateScene> = {
  list: ({ own }) => own.params?.list ?? own.list,
  put: (scene, list) => change(scene, { params: scene.own.params === null ? null : { ...scene.own.params, list } }),
  ids: ({ own }) => (own.params === null ? [] : paramRows(own.params).map(({ name }) => name)),
};

const sent = 'Sent to the clipboard of your terminal (if it allows that).';

export const paramKeys: readonly Key[] = [
  ...listKeys(paramList),
  filterKey(paramList, 'only lines that hold what you type'),
  {
    keys: ['y'],
    label: 'copy line',
    help: 'the line into the clipboard of your terminal (OSC 52)',
    run: (scene) => {
      const { params } = scene.own;
      const chosen = params?.lines.find(({ name }) => name === params.list.selected);
      return chosen === undefined
        ? stay(scene)
        : stay(flash(scene, sent, 'good'), { app: 'copy', text: chosen.line.trim() });
    },
  },
  {
    keys: ['u'],
    label: 'copy UUID',
    help: 'the UUID into the clipboard of your terminal (OSC 52)',
    run: (scene) => stay(flash(scene, sent, 'good'), { app: 'copy', text: scene.own.params?.uuid ?? '' }),
  },
  {
    keys: ['escape'],
    label: 'back',
    help: 'one step back; nothing you typed is lost',
    run: (scene) => stay(change(scene, { params: null })),
  },
  helpKey(),
];
