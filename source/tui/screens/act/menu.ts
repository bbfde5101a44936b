import { loaderReason, writeReason } from '../../app/shared.ts';
import type { ActScene, PickWork } from './state.ts';

export type MenuLine = 'create' | PickWork | 'template' | 'fleet';

interface MenuEntry {
  readonly value: MenuLine;
  readonly label: string;
  /** What the account must be allowed for it; null: it changes nothing. */
  readonly writes: 'make' | 'edit' | 'start' | null;
  /** It is for VMs that boot from a repository. */
  readonly arms?: boolean;
}

const all: readonly MenuEntry[] = [
  { value: 'create', label: 'Create new VMs from this template', writes: 'make', arms: true },
  { value: 'start', label: 'Boot VMs that are armed', writes: 'start' },
  { value: 'rearm', label: 'Rearm VMs whose attempt is used', writes: 'edit', arms: true },
  { value: 'repair', label: 'Repair a VM made with another tool', writes: 'edit', arms: true },
  { value: 'template', label: 'Another template', writes: null },
  { value: 'fleet', label: 'Watch the fleet', writes: null },
];

/** What can be done in step 5; where nothing may be changed, only what changes nothing, and without a loader nothing that needs it. */
export const actMenu = (scene: ActScene): readonly MenuEntry[] =>
  all.filter(
    ({ writes, arms }) =>
      (writes === null || writeReason(scene, writes) === null) && !(arms && loaderReason(scene.shared) !== null),
  );
