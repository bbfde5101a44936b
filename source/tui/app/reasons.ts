import type { VmRecord } from '../../xapi/records.ts';

// Why a piece of work is nothing for a VM, in a sentence; null: it may be done. One place for menus and keys.

export type Reason = (record: VmRecord, state: string) => string | null;

const isHvm = (record: VmRecord): boolean => record.HVM_boot_policy !== '';

export const canStartRecord: Reason = ({ power_state: power }) => {
  if (power === 'Halted') return null;
  return power === 'Running' ? 'It runs already.' : `It is ${power.toLowerCase()}: it would go on, not boot.`;
};

export const canStopRecord: Reason = ({ power_state: power }) =>
  power === 'Halted' ? 'It is halted already.' : null;

export const canRearmRecord: Reason = (record, state) => {
  if (isHvm(record)) return 'It is an HVM machine: eliloader is never asked.';
  if (state === 'armed') return 'It is armed already.';
  return record.power_state === 'Suspended' ? 'It is suspended.' : null;
};

/** One that is armed already is only started. */
export const canRearmAndStartRecord: Reason = (record, state) =>
  state === 'armed' ? canStartRecord(record, state) : canRearmRecord(record, state);

export const canRepairRecord: Reason = (record, state) => {
  if (isHvm(record)) return 'It is an HVM machine: eliloader is never asked.';
  if (['fired', 'installing', 'failed', 'installed', 'disarmed'].includes(state))
    return 'Its attempt is used: rearm it instead.';
  if (record.power_state !== 'Halted') return 'It runs: repair is for before the first boot.';
  return state === 'armed' ? 'Nothing is missing.' : null;
};
