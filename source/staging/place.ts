import type { StagedFile } from './staged-file.ts';

/** What became of one file. `backup`: where the one before is kept; null when there was none, or it was the same. */
export interface Placed {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly changed: boolean;
  readonly backup: string | null;
}

/**
 * What was done about a run that had been killed: its swap was finished, or taken back as it had begun to; or it had
 * swapped nothing yet, and its temporary files were cleared away.
 */
export type Repair = 'finished' | 'taken-back' | 'cleared';

/** Files put into a place, and what was repaired there before. */
export interface Delivery {
  readonly placed: readonly Placed[];
  readonly repairs: readonly Repair[];
}

/**
 * A place files are put into: all of them or none, mode 0644, never half a file under its name, the one before kept
 * as NAME.bak. Errors: ProblemError that names the place.
 */
export interface Place {
  /** As a person writes it: /srv/www, user@host:/srv/www, standard output. */
  readonly name: string;
  put(files: readonly StagedFile[], signal: AbortSignal): Promise<Delivery>;
}

export const backupOf = (path: string): string => `${path}.bak`;

/** Kernel and initrd are a pair: when one is replaced the other is kept, too, so that both .bak belong together. */
export const isOfPair = (path: string): boolean => path.startsWith('dists/');
