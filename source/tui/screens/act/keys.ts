import { helpKey, quitKey } from '../../app/layers.ts';
import type { AppCommand, SceneBinding, SceneForm } from '../../app/screen.ts';
import { armReason, back, change, writeReason } from '../../app/shared.ts';
import type { CreateAnswers } from '../../app/work.ts';
import { stay } from '../../kit/binding.ts';
import { formKeys } from '../../kit/form-keys.ts';
import { filterKey, type ListAt, listKeys, tickKeys } from '../../kit/list-keys.ts';
import { menuKeys } from '../../kit/menu-keys.ts';
import { connectPlace } from '../connect/place.ts';
import { verifyPlace } from '../verify/place.ts';
import { candidateAt, candidateRows, meantRefs, tickedRefs } from './candidates.ts';
import { createFields } from './fields.ts';
import { actMenu } from './menu.ts';
import { chooseLine, planCreate, planPicked } from './reduce.ts';
import type { ActCommand, ActScene, ActState } from './state.ts';

type Key = SceneBinding<ActState, ActCommand>;

const oneBack: Pick<Key, 'keys' | 'label' | 'help'> = {
  keys: ['escape'],
  label: 'back',
  help: 'one step back; nothing you typed is lost',
};

export const actMenuKeys: readonly Key[] = [
  ...menuKeys<ActScene, ActCommand | AppCommand>({
    list: ({ own }) => own.menu,
    put: (scene, menu) => change(scene, { menu }),
    items: actMenu,
    choose(scene, value) {
      const line = actMenu(scene).find((one) => one.value === value);
      return line === undefined ? stay(scene) : chooseLine(scene, line.value);
    },
    help: 'do this',
  }),
  {
    ...oneBack,
    run: (scene) => stay(back(scene, scene.shared.visited.includes(verifyPlace) ? verifyPlace : connectPlace)),
  },
  helpKey(),
  quitKey(),
];

const toMenu: Key = { ...oneBack, run: (scene) => stay(change(scene, { view: 'menu' })) };

export const createForm: SceneForm<ActState, ActCommand, CreateAnswers> = {
  form: ({ own }) => own.form,
  put: (scene, form) => change(scene, { form }),
  fields: ({ own }) => createFields(own),
  submit: planCreate,
  last: 'plan',
  help: 'the next field; on the last line: show the plan',
  disabled: (scene) => armReason(scene, 'make'),
  chooses: true,
};

export const createKeys: readonly Key[] = [...formKeys(createForm), toMenu, helpKey()];

export const candidateList: ListAt<ActScene> = {
  list: ({ own }) => own.list,
  put: (scene, list) => change(scene, { list }),
  ids: (scene) => candidateRows(scene).map(({ ref }) => ref),
};

/** Why nothing of this work can be done now. */
const workReason = (scene: ActScene): string | null =>
  scene.own.work === 'start' ? writeReason(scene, 'start') : armReason(scene);

/** Why the work one picks VMs for is nothing for this one. */
function pickReason(scene: ActScene): string | null {
  const one = candidateAt(scene);
  return one === undefined ? 'No VM is selected.' : one.reason;
}

export const pickKeys: readonly Key[] = [
  ...listKeys(candidateList),
  {
    keys: ['enter'],
    label: 'plan',
    help: 'show the plan for the ticked VMs, or for this one',
    disabled: (scene) => workReason(scene) ?? (tickedRefs(scene).length > 0 ? null : pickReason(scene)),
    run: planPicked,
  },
  ...tickKeys(candidateList, {
    reason: (scene, id) => candidateRows(scene).find(({ ref }) => ref === id)?.reason ?? null,
    all: meantRefs,
    allLabel: 'all, none',
    allHelp: 'tick all that are shown and can be chosen, for a start the armed ones; once more: none',
  }),
  filterKey(candidateList, 'only VMs with what you type in their name, or in a state'),
  toMenu,
  helpKey(),
  quitKey(),
];
