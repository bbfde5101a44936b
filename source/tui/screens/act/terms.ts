import type { Term } from '../../kit/glossary.ts';
import { candidateAt } from './candidates.ts';
import { actMenu, type MenuLine } from './menu.ts';
import type { ActScene } from './state.ts';

const ofLine: Readonly<Record<MenuLine, readonly Term[]>> = {
  create: ['template', 'armed', 'plan'],
  start: ['armed', 'half-armed', 'eliloader'],
  rearm: ['rearm', 'fired', 'installed'],
  repair: ['repair', 'half-armed', 'kernel line'],
  template: ['template', 'vendor template'],
  fleet: ['armed', 'installing', 'installed'],
};

/** The words of the line under the cursor of the menu. */
export const menuTerms = (scene: ActScene): readonly Term[] =>
  ofLine[actMenu(scene).find(({ value }) => value === scene.own.menu.selected)?.value ?? 'create'];

/** The words of the VM under the cursor, and of what one picks it for. */
export function pickTerms(scene: ActScene): readonly Term[] {
  const one = candidateAt(scene);
  return [...(one === undefined ? [] : [one.look]), ...ofLine[scene.own.work]];
}
