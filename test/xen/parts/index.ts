import type { Site } from '../site.ts';
import { boot } from './boot.ts';
import { install } from './install.ts';
import { rearm } from './rearm.ts';
import { stage } from './stage.ts';
import { traps } from './traps.ts';

/** A piece of a run. `ground`: the parts that it stands on. Throws when the world is not as it should be. */
export interface Part {
  readonly name: string;
  readonly ground: readonly string[];
  readonly run: (site: Site) => Promise<void>;
}

/** Each part of a run, in order. `images` comes before all of them. */
export const parts: readonly Part[] = [
  { name: 'boot', ground: [], run: boot },
  { name: 'stage', ground: [], run: stage },
  { name: 'install', ground: ['stage'], run: install },
  { name: 'rearm', ground: ['stage', 'install'], run: rearm },
  { name: 'traps', ground: ['stage'], run: traps },
];

export const partNames: readonly string[] = parts.map(({ name }) => name);

/** These parts and what they stand on, in order. */
export const withGround = (names: readonly string[]): string[] =>
  partNames.filter((name) =>
    parts.some((part) => names.includes(part.name) && [part.name, ...part.ground].includes(name)),
  );
