import { ownSizes } from '../../../operations/site.ts';
import { freeName } from '../../../operations/vm-names.ts';
import { typedSize } from '../../../text/sizes.ts';
import type { SceneReduced } from '../../app/screen.ts';
import { back, change, flash, go, type Shared, share } from '../../app/shared.ts';
import { chosenRecord } from '../../app/templates.ts';
import { stay } from '../../kit/binding.ts';
import { focusOn } from '../../kit/form.ts';
import { emptyList, keepSelection, keepTicks, listAt } from '../../kit/list.ts';
import { fleetPlace } from '../fleet/place.ts';
import { templatePlace } from '../template/place.ts';
import { verifyPlace } from '../verify/place.ts';
import { candidateAt, candidatesOf, tickedRefs } from './candidates.ts';
import { createFields, wantedNames } from './fields.ts';
import type { MenuLine } from './menu.ts';
import { actPlace } from './place.ts';
import type { ActCommand, ActEvent, ActScene, ActState, Choice } from './state.ts';

type Reduced = SceneReduced<ActState, ActCommand>;

/** Step 5: what to do with the template, or with the VMs there are. */
export function reduceAct(scene: ActScene, event: ActEvent): Reduced {
  switch (event.type) {
    case 'choices': {
      const { srs, networks, defaultSr } = event;
      const { form } = scene.own;
      const sr = kept(srs, form.values.sr, defaultSr);
      const network = kept(networks, form.values.network, '');
      return stay(change(scene, { srs, networks, form: { ...form, values: { ...form.values, sr, network } } }));
    }
    case 'failed':
      return stay(change(scene, { problem: event.problem }));
  }
}

/** The answer given before if it is still there, else the default, else the first. */
const kept = (choices: readonly Choice[], ...wanted: readonly string[]): string =>
  wanted.find((uuid) => choices.some((choice) => choice.uuid === uuid)) ?? choices[0]?.uuid ?? '';

/** One comes to the menu, wherever one left; and while one picks, the candidates follow the host. */
export function noticeAct(before: Shared, scene: ActScene): Reduced {
  const { shared, own } = scene;
  if (shared.place !== actPlace) return stay(scene);
  // Whoever comes back by the key for the fleet finds it as it was.
  if (before.place !== actPlace) {
    if (before.left === actPlace) return stay(scene);
    // With a template just made ready, new VMs are next.
    const menu = before.place === verifyPlace ? listAt('create') : own.menu;
    return stay(change(scene, { view: 'menu', menu }));
  }
  if (own.view !== 'pick' || before.fleet === shared.fleet) return stay(scene);
  const list = keepSelection(
    own.list,
    candidatesOf(scene).map(({ ref }) => ref),
  );
  const fitting = new Set<string>(tickedRefs(scene));
  return stay(change(scene, { list: keepTicks(list, (ref) => fitting.has(ref)) }));
}

/** What a line of the menu does. */
export function chooseLine(scene: ActScene, line: MenuLine): Reduced {
  switch (line) {
    case 'create': {
      const chosen = scene.shared.templates.chosen !== null;
      if (!chosen) return stay(flash(back(scene, templatePlace), 'Choose and prepare a template first.', 'note'));
      const form = focusOn(createFields(scene.own), named(scene.shared, sized(scene)), 0);
      const sizesOf = scene.shared.templates.chosen;
      return stay(change(scene, { view: 'create', form, sizesOf, problem: null }), { do: 'load-choices' });
    }
    case 'template':
      return stay(back(scene, templatePlace));
    case 'fleet':
      return stay(go(scene, fleetPlace));
    case 'start':
    case 'rearm':
    case 'repair': {
      const next = change(scene, { view: 'pick', work: line, list: emptyList });
      return stay(change(next, { list: { ...emptyList, selected: candidateAt(next)?.ref ?? null } }));
    }
  }
}

/** The form with the sizes of the template, unless they have been looked at for this template before. */
function sized({ shared, own }: ActScene): ActState['form'] {
  const { templates } = shared;
  const record = chosenRecord(templates);
  if (record === undefined || own.sizesOf === templates.chosen) return own.form;
  const { memory, vcpus, disk } = ownSizes(record);
  const sizes = { memory: typedSize(memory), vcpus: String(vcpus), disk: disk === null ? '' : typedSize(disk) };
  return { ...own.form, values: { ...own.form.values, ...sizes } };
}

/** The form with a name that is free, where there is none, or those there have been made. */
function named({ fleet, templates }: Shared, form: ActState['form']): ActState['form'] {
  const taken = new Set([
    ...[...fleet.byRef.values()].map(({ vm }) => vm.record.name_label),
    ...templates.items.map(({ name }) => name),
  ]);
  const { names } = form.values;
  try {
    const wanted = wantedNames(names);
    if (wanted.some((name) => !taken.has(name))) return form;
    return { ...form, values: { ...form.values, names: freeName(taken, wanted.at(-1)) } };
  } catch {
    // What is wrong with it is said at the field.
    return form;
  }
}

/** Asks for the plan of new VMs. */
export function planCreate(scene: ActScene): Reduced {
  const { templates, overridden } = scene.shared;
  if (templates.chosen === null) return stay(flash(scene, 'No template is chosen.', 'bad'));
  const answers = scene.own.form.values;
  return stay(share(scene, { request: { work: 'create', template: templates.chosen, answers, force: overridden } }));
}

/** Asks for the plan of the VMs that are ticked, or of the one under the cursor. */
export function planPicked(scene: ActScene): Reduced {
  const ticked = tickedRefs(scene);
  const one = candidateAt(scene);
  const refs = ticked.length > 0 ? ticked : one === undefined ? [] : [one.ref];
  if (refs.length === 0) return stay(scene);
  const { work } = scene.own;
  return stay(share(scene, { request: { work, refs, template: scene.shared.templates.chosen } }));
}
