import type { Place } from '../../app/shared.ts';

export const fleetPlace: Place = { name: 'fleet', label: 'Fleet', home: true };
