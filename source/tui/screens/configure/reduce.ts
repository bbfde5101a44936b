import { type FaiForm, freshForm, readLine } from '../../../fai/form.ts';
import { hasFaiArguments } from '../../../fai/kernel-line.ts';
import { defaults } from '../../../limits/defaults.ts';
import { errorsOf } from '../../../problem/finding.ts';
import type { SceneReduced } from '../../app/screen.ts';
import { change, flash, go, remember, type Shared, share } from '../../app/shared.ts';
import { chosenFacts, withTemplate } from '../../app/templates.ts';
import { toldLines } from '../../app/told.ts';
import { stay } from '../../kit/binding.ts';
import { firstMissing, newForm } from '../../kit/form.ts';
import { verifyPlace } from '../verify/place.ts';
import { configureFields } from './fields.ts';
import { configurePlace } from './place.ts';
import {
  type Answers,
  type ConfigureCommand,
  type ConfigureEvent,
  type ConfigureScene,
  type ConfigureState,
  configureFindings,
  differs,
  settingsOf,
} from './state.ts';

type Reduced = SceneReduced<ConfigureState, ConfigureCommand>;

/** Step 3: repository and kernel line, validated as one types. */
export function reduceConfigure(scene: ConfigureScene, event: ConfigureEvent): Reduced {
  switch (event.type) {
    case 'configured': {
      const { vm, told, changed } = event;
      const { problem } = told;
      const { record } = vm;
      const [line = '', ...more] = toldLines(`template set ${record.name_label}`, told, record.uuid);
      const saved = change(scene, { saving: false, problem });
      const next = share(saved, { templates: withTemplate(scene.shared.templates, vm), overridden: false });
      const said = changed || problem !== null ? remember(next, line, ...more) : next;
      if (problem !== null) return stay(flash(said, line, 'bad'));
      // Whoever has looked elsewhere meanwhile stays there.
      return stay(said.shared.place === configurePlace ? go(said, verifyPlace) : said);
    }
    case 'failed':
      return stay(change(scene, { saving: false, problem: event.problem }));
  }
}

/** Another template is worked with: what it has, and what it lacks suggested. */
export function noticeConfigure(_: Shared, scene: ConfigureScene): Reduced {
  const { place, templates, suggestions } = scene.shared;
  const facts = chosenFacts(templates);
  if (place !== configurePlace || facts === undefined || facts.uuid === scene.own.template) return stay(scene);
  const values: Answers = {
    repository: facts.repository || (suggestions.repository ?? ''),
    release: facts.release,
    arch: facts.arch || defaults.arch,
    proxy: facts.proxy,
    fai: hasFaiArguments(facts.args) ? readLine(facts.args) : freshLine(scene.shared),
  };
  const form = newForm(values, firstMissing(configureFields(values), values));
  return stay(change(scene, { template: facts.uuid, form, problem: null }));
}

/** A new kernel line: FAI 3, as the page; messages come to this machine, where the host can see it. */
const freshLine = ({ suggestions, host }: Shared): FaiForm => ({
  ...freshForm('live-boot'),
  nfsroot: suggestions.nfsroot ?? '',
  monitor: host?.localAddress ?? '',
});

/** Writes what differs; where nothing does and nothing may be written, goes on without. */
export function saveAnswers(scene: ConfigureScene): Reduced {
  const [first] = errorsOf(configureFindings(scene.own.form.values));
  if (first !== undefined) return stay(flash(scene, `Not yet: ${first.message}`, 'bad'));
  const { readOnly, templates } = scene.shared;
  if (templates.chosen === null) return stay(scene);
  if (readOnly && !differs(scene)) return stay(go(share(scene, { overridden: false }), verifyPlace));
  return stay(change(scene, { saving: true, problem: null }), {
    do: 'save',
    template: templates.chosen,
    settings: settingsOf(scene),
  });
}
