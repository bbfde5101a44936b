import { type Install, seenState } from './install.ts';

/** How long one waits for a sign of life. All in milliseconds. */
export interface Waiting {
  readonly now: number;
  /** Since when there could have been a sign of life: one looks, and the host answers. */
  readonly since: number;
  /** Without a sign of life for so long, an install is lost. */
  readonly patience: number;
}

/** When the last sign of life was seen; where none was, when one began to look. */
export const silentSince = ({ aliveAt }: Pick<Install, 'aliveAt'>, since: number): number =>
  Math.max(since, aliveAt ?? since);

/** A message, a busy processor, a change of power or domain: none of them for as long as one waits. */
export const isSilent = (install: Install, { now, since, patience }: Waiting): boolean =>
  now - silentSince(install, since) >= patience;

/**
 * An install that is not lost yet is known to go on, its signs of life would be seen here, and there are none. Where
 * FAI has not spoken and no processor is measured silence says nothing: its messages go elsewhere.
 */
export function isLost(install: Install, waiting: Waiting): boolean {
  const { progress, state, busySeen, idleSince } = install;
  const measured = busySeen || idleSince !== null;
  const wouldBeSeen = progress !== null || (state.state === 'installing' && measured);
  return wouldBeSeen && seenState(install, waiting.now) === 'installing' && isSilent(install, waiting);
}

/** Since when one has looked without a break: while the host is silent, or xenfai is stopped, nobody does. */
export class Lookout {
  private readonly longestBreak: number;
  private looked: number | null = null;
  private began = 0;

  /** `longestBreak`: milliseconds between two looks. */
  constructor(longestBreak: number) {
    this.longestBreak = longestBreak;
  }

  /** Since when one looks on, this look included. */
  look(now: number): number {
    if (this.looked === null || now - this.looked > this.longestBreak) this.began = now;
    this.looked = now;
    return this.began;
  }

  /** Nothing is to be seen until the next look. */
  interrupt(): void {
    this.looked = null;
  }
}
