import type { Place } from '../../app/shared.ts';

export const actPlace: Place = { name: 'act', label: 'Act' };
