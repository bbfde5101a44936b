import type { Place } from '../../app/shared.ts';

export const connectPlace: Place = { name: 'connect', label: 'Connect' };
