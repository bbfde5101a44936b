import type { Place } from '../../app/shared.ts';

export const verifyPlace: Place = { name: 'verify', label: 'Verify' };
