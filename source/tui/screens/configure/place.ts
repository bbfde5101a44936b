import type { Place } from '../../app/shared.ts';

export const configurePlace: Place = { name: 'configure', label: 'Configure' };
