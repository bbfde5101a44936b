import type { Sight } from '../watch/sight.ts';

/** A VM that somebody waits for. */
export interface Awaited {
  readonly name: string;
  readonly uuid: string;
}

/** One of them as it was seen last. */
export interface Seen extends Awaited {
  readonly sight: Sight;
}

/** "02:14:07", where this machine is. */
export const timeOfDay = (at: Date): string =>
  [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');

/** A line of a watch as JSON; its time is UTC. */
export function sightJson({ name, uuid, sight }: Seen, at: Date) {
  const { end: _, text, known, ...rest } = sight;
  return { at: at.toISOString(), name, uuid, ...rest, text, known };
}
