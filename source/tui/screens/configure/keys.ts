import { helpKey } from '../../app/layers.ts';
import type { SceneBinding, SceneForm } from '../../app/screen.ts';
import { back, change, writeReason } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { termsOf } from '../../kit/form.ts';
import { formKeys } from '../../kit/form-keys.ts';
import type { Term } from '../../kit/glossary.ts';
import { templatePlace } from '../template/place.ts';
import { configureFields } from './fields.ts';
import { saveAnswers } from './reduce.ts';
import { type Answers, type ConfigureCommand, type ConfigureScene, type ConfigureState, differs } from './state.ts';

type Key = SceneBinding<ConfigureState, ConfigureCommand>;

export const configureForm: SceneForm<ConfigureState, ConfigureCommand, Answers> = {
  form: ({ own }) => own.form,
  put: (scene, form) => change(scene, { form }),
  fields: ({ own }) => configureFields(own.form.values),
  submit: saveAnswers,
  last: 'save',
  help: 'the next field; on the last line: save to the template and verify',
  // What the template has already may be verified by anybody.
  disabled: (scene) => (differs(scene) ? writeReason(scene) : null),
  chooses: true,
  ticks: true,
};

export const configureTerms = ({ own }: ConfigureScene): readonly Term[] =>
  termsOf(configureFields(own.form.values), own.form);

export const configureKeys: readonly Key[] = [
  ...formKeys(configureForm),
  {
    keys: ['escape'],
    label: 'back',
    help: 'one step back; nothing you typed is lost',
    run: (scene) => stay(back(scene, templatePlace)),
  },
  helpKey(),
];

export const savingKeys: readonly Key[] = [helpKey()];
