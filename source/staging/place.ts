import type { Readable } from 'node:stream';

/** A file to be put below a root. Opened anew each time it is read. */
export interface StagedFile {
  /** Below the root, without a slash in front. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly open: () => Readable;
}

/** What became of one file. `backup`: where the one before is kept; null when there was none, or it was the same. */
export interface Placed {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly changed: boolean;
  readonly backup: string | null;
}

/**
 * A place files are put into: all of them or none, mode 0644, never half a file under its name, the one before kept
 * as NAME.bak. Errors: ProblemError that names the place.
 */
export interface Place {
  /** As a person writes it: /srv/www, user@host:/srv/www, standard output. */
  readonly name: string;
  put(files: readonly StagedFile[], signal: AbortSignal): Promise<Placed[]>;
}

export const backupOf = (path: string): string => `${path}.bak`;
