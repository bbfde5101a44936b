import { writeReason } from '../../app/shared.ts';
import type { ActScene, PickWork } from './state.ts';

export type MenuLine = 'create' | PickWork | 'template' | 'fleet';

interface MenuEntry {
  readonly value: MenuLine;
  readonly label: string;
  readonly writes: boolean;
}

const all: readonly MenuEntry[] = [
  { value: 'create', label: 'Create new VMs from this template', writes: true },
  { value: 'start', label: 'Boot VMs that are armed', writes: true },
  { value: 'rearm', label: 'Rearm VMs whose attempt is used', writes: true },
  { value: 'repair', label: 'Repair a VM made with another tool', writes: true },
  { value: 'template', label: 'Another template', writes: false },
  { value: 'fleet', label: 'Watch the fleet', writes: false },
];

/** What can be done in step 5; where nothing may be changed, only what changes nothing. */
export const actMenu = (scene: ActScene): readonly MenuEntry[] =>
  writeReason(scene) === null ? all : all.filter(({ writes }) => !writes);
