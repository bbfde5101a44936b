import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Host } from '../hosts/host.ts';

/** One event of the journal; texts are as they are on the host. */
export interface JournalEvent {
  readonly id: string;
  readonly at: string;
  readonly user: string;
  readonly host: string;
  readonly pool: string;
  readonly operation: string;
  readonly target: string;
  readonly event: 'planned' | 'begun' | 'done' | 'failed' | 'undone';
  readonly step?: string;
  readonly plan?: unknown;
  readonly error?: string;
}

/** What an operation works with: a host, who is at work, the time, and where its events go. */
export interface Hands {
  readonly host: Host;
  /** Names one run of the program: in the journal, in marks, in the name of a VM that is being made. */
  readonly run: string;
  readonly by: string;
  readonly now: () => Date;
  readonly emit: (event: JournalEvent) => void;
  readonly signal: AbortSignal;
}

export function hands(host: Host, signal: AbortSignal, emit: (event: JournalEvent) => void = () => {}): Hands {
  return { host, signal, emit, run: randomBytes(4).toString('hex'), by: whoAmI(), now: () => new Date() };
}

function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`;
  }
}
