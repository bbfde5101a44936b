import type { VmRecord } from '../xapi/records.ts';
import type { AppState } from './state.ts';

// Why a piece of work is nothing for a VM, in a sentence; null: it may be done. One place for menus and keys.

type Reason = (record: VmRecord, state: string) => string | null;

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

export const canRepairRecord: Reason = (record, state) => {
  if (isHvm(record)) return 'It is an HVM machine: eliloader is never asked.';
  if (['fired', 'installed', 'disarmed'].includes(state)) return 'Its attempt is used: rearm it instead.';
  if (record.power_state !== 'Halted') return 'It runs: repair is for before the first boot.';
  return state === 'armed' ? 'Nothing is missing.' : null;
};

/** Why the selected template is nothing for FAI; null: it is. */
export function templateReason(state: AppState): string | null {
  const chosen = state.template.items.find((item) => item.uuid === state.template.list.selected);
  if (chosen === undefined) return 'No template is selected.';
  return chosen.netboot ? null : `Not for FAI: it ${chosen.reason ?? 'does not netboot'}.`;
}

/** Why the work one picks VMs for is nothing for this one. */
export function pickReason(state: AppState): string | null {
  const item = state.act.candidates.find(({ ref }) => ref === state.act.list.selected);
  return item === undefined ? 'No VM is selected.' : item.reason;
}

/** The line for dom0 out of the check's findings. */
export const dom0Line = (state: AppState): string | undefined =>
  state.verify.result?.findings.find(({ code }) => code === 'seen-from-here')?.try?.replace(/^in dom0: /, '');

/** Why no files can be put into the repository from here. */
export function stageReason(state: AppState): string | null {
  if (state.verify.result === null) return 'The check is not done yet.';
  const words = state.template.records.get(state.template.chosen ?? '')?.record.other_config ?? {};
  const own = words['install-distro'] === 'pygrub';
  return own ? 'This template names paths of its own: put the files there by hand.' : null;
}
