import { hostname, userInfo } from 'node:os';
import type { Host } from '../hosts/host.ts';
import { limits } from '../limits/limits.ts';
import type { Journal } from './journal.ts';

/** What a run works with: a host, who is at work, where its events go, and how it is stopped. */
export interface RunContext {
  readonly host: Host;
  /** user@machine, for marks, claims and the journal. */
  readonly by: string;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** Milliseconds that a host which is away in the middle of a run is waited for, to judge and to take back. */
  readonly recovery: number;
}

export const runContext = (
  host: Host,
  journal: Journal,
  signal: AbortSignal,
  recovery: number = limits.run.recovery,
): RunContext => ({ host, journal, signal, recovery, by: whoAmI() });

export function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`;
  }
}
