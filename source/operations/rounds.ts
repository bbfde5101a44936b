import type { Action } from './plan.ts';

/**
 * The actions of a plan in rounds: those of one round touch different keys and fields, and none needs what another
 * writes, so they are sent side by side. The order of the rounds is a promise: marks first, and the bootloader after
 * everything that it reads.
 */
export function roundsOf(actions: readonly Action[]): readonly (readonly Action[])[] {
  const rounds: Action[][] = [];
  for (const action of actions) {
    const last = rounds.at(-1);
    if (last !== undefined && isIndependent(action) && last.every(isIndependent)) last.push(action);
    else rounds.push([action]);
  }
  return rounds;
}

const isIndependent = (action: Action): boolean =>
  action.do === 'set-key' || (action.do === 'set-field' && action.field !== 'PV_bootloader');

/** Awaits all, whatever becomes of some: nothing is left under way when the first error is thrown. */
export async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(works)) if (end.status === 'rejected') throw end.reason;
}
