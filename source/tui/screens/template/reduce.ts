import type { SceneReduced } from '../../app/screen.ts';
import { change, flash, go, remember, type Shared, share } from '../../app/shared.ts';
import { readTemplates, withTemplate } from '../../app/templates.ts';
import { toldLines } from '../../app/told.ts';
import { stay } from '../../kit/binding.ts';
import { keepSelection, listAt } from '../../kit/list.ts';
import { configurePlace } from '../configure/place.ts';
import { copyCommand, openCopy } from './copy.ts';
import { templatePlace } from './place.ts';
import {
  selectedTemplate,
  servesAs,
  type TemplateCommand,
  type TemplateEvent,
  type TemplateScene,
  type TemplateState,
  templateRows,
} from './state.ts';

type Reduced = SceneReduced<TemplateState, TemplateCommand>;

/** Step 2: one's own template, or a copy of the vendor's. */
export function reduceTemplate(scene: TemplateScene, event: TemplateEvent): Reduced {
  const { own, shared } = scene;
  switch (event.type) {
    case 'templates': {
      const templates = readTemplates(event.vms, shared.templates.chosen);
      const list = { ...own.list, selected: templates.chosen ?? own.list.selected };
      return stay(selecting(change(share(scene, { templates }), { list, loading: false, problem: null })));
    }
    case 'copied':
      return copied(scene, event);
    case 'params': {
      const list = listAt(event.lines[0]?.name ?? null);
      return stay(change(scene, { params: { uuid: event.uuid, lines: event.lines, list } }));
    }
    case 'failed':
      if (event.during === 'load-params') return stay(flash(scene, event.problem.message, 'bad'));
      return stay(change(scene, { loading: false, copying: false, problem: event.problem }));
  }
}

/** A selection that is no longer to be seen is given to the first row. */
const selecting = (scene: TemplateScene): TemplateScene =>
  change(scene, {
    list: keepSelection(
      scene.own.list,
      templateRows(scene).map(({ uuid }) => uuid),
    ),
  });

/** Shows those that FAI cannot boot, or folds them away. */
export const showOthers = (scene: TemplateScene): TemplateScene => selecting(change(scene, { all: !scene.own.all }));

/** On to step 3 with the copy; one that failed stays to be mended, and says what became of it. */
function copied(scene: TemplateScene, { name, told, vm }: Extract<TemplateEvent, { type: 'copied' }>): Reduced {
  const uuid = vm?.record.uuid ?? '';
  const [line = '', ...more] = toldLines(`template copy ${name}`, told, uuid);
  const ended = remember(change(scene, { copying: false, problem: told.problem }), line, ...more);
  if (told.problem !== null) return stay(flash(ended, line, 'bad'));
  const closed = change(ended, { copy: null, draft: null });
  // It was made, and could not be looked at: it will be among the templates.
  if (vm === null) return stay(change(closed, { loading: true }), { do: 'load-templates' });
  const templates = withTemplate({ ...scene.shared.templates, chosen: uuid }, vm);
  const chosen = share(change(closed, { list: listAt(uuid) }), { templates });
  // Whoever has looked elsewhere meanwhile stays there.
  return stay(chosen.shared.place === templatePlace ? go(chosen, configurePlace) : chosen);
}

/** Another host has other templates. */
export function noticeTemplate(before: Shared, scene: TemplateScene): Reduced {
  if (scene.shared.host === before.host || scene.shared.host === null) return stay(scene);
  return stay(scene, { do: 'load-templates' });
}

/** On to step 3 with it, or first to a copy of it. */
export function useTemplate(scene: TemplateScene): Reduced {
  const item = selectedTemplate(scene);
  if (item === undefined) return stay(scene);
  if (servesAs(scene, item) !== 'as it is') return stay(openCopy(scene));
  const templates = { ...scene.shared.templates, chosen: item.uuid };
  return stay(go(share(scene, { templates }), configurePlace));
}

export function copyTemplate(scene: TemplateScene): Reduced {
  const { copy } = scene.own;
  if (copy === null) return stay(scene);
  return stay(change(scene, { copying: true, problem: null }), copyCommand(copy));
}
