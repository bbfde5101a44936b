import type { ShellVariable } from '../../text/shell.ts';
import type { Ref, VmRecord } from '../../xapi/records.ts';
import type { Session } from '../../xapi/session.ts';
import type { RunContext } from '../context.ts';
import type { Action, ActionName, StepView, Target } from '../plan.ts';

/** What the actions of one run know of each other. */
export interface Progress {
  readonly id: string;
  readonly target: Target;
  /** The object acted on; null until a clone made it. */
  ref: Ref | null;
  uuid: string;
  /** What read-back found lost and wrote again. */
  readonly repaired: string[];
  /** A snapshot this run took. */
  snapshot: Ref | null;
  wrote: boolean;
  /** A guest has been asked to shut down, and nobody waits for it any more. */
  guestAsked?: true;
  /** The record as the last step has read it; null when something may have changed since. */
  seen: VmRecord | null;
  /** What the operator should know of how it went. */
  readonly notes: string[];
}

/** What carries an action out: a session for its calls, the run's context, what the other actions came to. */
export interface Bench {
  readonly session: Session;
  readonly context: RunContext;
  readonly progress: Progress;
}

/** In words and as xe lines; the executor adds whose step it is. */
export type Description = Omit<StepView, 'target'>;

/** How an action's step is described: its subject for xe, and which of xe's commands fit it. */
export interface Subject {
  readonly uuid: string | ShellVariable;
  readonly kind: 'vm' | 'template';
}

/**
 * Everything there is about one kind of action. `perform` throws the call's own errors. `happened` reads the host after
 * an answer was lost: true, false, or null when it cannot be told; `repeatable`: if it did not happen, it may be done
 * once more. `undo` touches only what still is as we left it, and says in words what remains, or null.
 */
export interface ActionKind<K extends ActionName> {
  readonly describe: (action: Action<K>, subject: Subject) => Description;
  readonly perform: (action: Action<K>, bench: Bench) => Promise<void>;
  readonly happened: (action: Action<K>, bench: Bench) => Promise<boolean | null>;
  readonly repeatable: boolean;
  readonly undo: (action: Action<K>, bench: Bench) => Promise<string | null>;
}

/** The object a run acts on. Only a clone comes before there is one. */
export function selfOf({ progress }: Bench): Ref {
  if (progress.ref === null) throw new Error('the run has made nothing yet');
  return progress.ref;
}

export const nothingToUndo = (): Promise<null> => Promise.resolve(null);

export const theirChange = 'somebody else has changed it since';
