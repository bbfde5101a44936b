import type { Place } from '../../app/shared.ts';

export const templatePlace: Place = { name: 'template', label: 'Template' };
