import type { Account } from './account.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Events } from './events.ts';
import type { Domain, Guests } from './guest/guests.ts';
import type { Random } from './random.ts';
import type { Profile } from './releases/profile.ts';
import type { Value } from './types.ts';

/** Faults of real clients and hosts, switched on by name. */
export type Quirk = 'lose-pv-args';

/** What is on a disk of a scripted guest. The API never shows it. */
export interface DiskContent {
  readonly system: string | null;
}

/**
 * What happens instead of a call, decided by a fault plan or a test. `lose` closes the connection before the call is
 * carried out, `drop` after it was; `500` is HTTP's, and nothing is carried out; the others spoil the answer of a call
 * that was carried out; an error is the reply. A promise of these holds the call until it is settled.
 */
export type Intercept = (method: string, args: readonly Value[]) => Instead | Promise<Instead>;
export type Instead = Error | 'lose' | 'drop' | '500' | Spoilt | undefined;

/** What comes in the place of an answer: half of it, the same with wrong bits, or some page. */
export type Spoilt = 'truncate' | 'corrupt' | 'html';

/** Everything the calls of one simulated pool share. */
export interface World {
  /** What release the hosts are of, and all that follows from it. */
  readonly profile: Profile;
  readonly database: Database;
  readonly events: Events;
  readonly clock: Clock;
  readonly random: Random;
  readonly quirks: ReadonlySet<Quirk>;
  readonly password: string;
  /** Who may log in besides root. */
  readonly accounts: readonly Account[];
  readonly sessions: Set<string>;
  readonly disks: Map<string, DiskContent>;
  readonly domains: Map<string, Domain>;
  /** What boots the domains. */
  readonly guests: Guests;
  /** The end of what each VM has said on its console, through all its domains. The API never shows it. */
  readonly consoles: Map<string, Buffer>;
  /** Port of FAI's monitor where a kernel line names none. */
  readonly monitorPort: number;
  readonly loginDelay: number;
  /** The pool's coordinator. Domains are built on it. */
  host: string;
  /** Domain ids are never used twice while the host is up. */
  readonly nextDomid: () => number;
  intercept: Intercept | null;
  /** Ends when xapi does, which is each restart and the end of the simulator: what it was doing ends there. */
  stopped: AbortSignal;
}

/** A world in which nothing stands yet: its host and what boots domains are made from it. */
export type EmptyWorld = Omit<World, 'host' | 'guests'>;
