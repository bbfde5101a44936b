import { writeReason } from '../../app/shared.ts';
import { chosenRecord } from '../../app/templates.ts';
import type { VerifyScene } from './state.ts';

export const notDone = 'The check is not done yet.';

/** Why no files can be put into the repository from here; null: they can. */
export function stageReason(scene: VerifyScene): string | null {
  if (scene.own.result === null) return notDone;
  const named = chosenRecord(scene.shared.templates)?.other_config['install-distro'] === 'pygrub';
  return named ? 'This template names paths of its own: put the files there by hand.' : writeReason(scene, 'files');
}
