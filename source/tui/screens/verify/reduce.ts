import type { SceneReduced } from '../../app/screen.ts';
import { change, flash, remember, type Shared } from '../../app/shared.ts';
import { chosenFacts } from '../../app/templates.ts';
import { stay } from '../../kit/binding.ts';
import { configurePlace } from '../configure/place.ts';
import { verifyPlace } from './place.ts';
import type { StageState, VerifyCommand, VerifyEvent, VerifyScene, VerifyState } from './state.ts';

type Reduced = SceneReduced<VerifyState, VerifyCommand>;

/** Step 4: both files as eliloader will ask for them, before the one attempt is spent. */
export function reduceVerify(scene: VerifyScene, event: VerifyEvent): Reduced {
  const { own } = scene;
  switch (event.type) {
    case 'download': {
      const { file, bytes, total, now } = event;
      const download = { bytes, total, began: own.downloads[file]?.began ?? now, at: now };
      return stay(change(scene, { downloads: { ...own.downloads, [file]: download } }));
    }
    case 'verified':
      return stay(change(scene, { running: false, result: event.result }));
    case 'staged': {
      const closed = setStage(scene, { open: false, running: false, problem: null });
      const text = event.changed ? 'The files are in place; checking again.' : 'They were there already.';
      return check(flash(remember(closed, ...event.lines), text, 'good'));
    }
    case 'failed':
      if (event.during === 'stage') return stay(setStage(scene, { running: false, problem: event.problem }));
      return stay(change(scene, { running: false, problem: event.problem }));
  }
}

/** Coming from step 3: what was just saved is checked. */
export const noticeVerify = (before: Shared, scene: VerifyScene): Reduced =>
  before.place === configurePlace && scene.shared.place === verifyPlace ? check(scene) : stay(scene);

export const setStage = (scene: VerifyScene, stage: Partial<StageState>): VerifyScene =>
  change(scene, { stage: { ...scene.own.stage, ...stage } });

/** Begins the check; a result that stands there is of files that may be gone. */
export function check(scene: VerifyScene): Reduced {
  const { chosen } = scene.shared.templates;
  if (chosen === null || scene.own.running) return stay(scene);
  const fresh = { running: true, downloads: {}, result: null, problem: null, scroll: 0 };
  return stay(change(scene, fresh), { do: 'verify', template: chosen });
}

export function stageFiles(scene: VerifyScene): Reduced {
  const { root, source, initrd } = scene.own.stage.form.values;
  const facts = chosenFacts(scene.shared.templates);
  return stay(setStage(scene, { running: true, problem: null }), {
    do: 'stage',
    root: root.trim(),
    source: source.trim(),
    initrd: initrd.trim(),
    release: facts?.release ?? '',
    arch: facts?.arch ?? '',
  });
}
