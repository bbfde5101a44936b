import { stateOf, type Vm } from '../hosts/vm.ts';
import type { StepView } from '../operations/plan.ts';
import type { Problem } from '../problem/problem.ts';

/** A VM as every command's JSON shows it. Foreign text stays raw here. */
export interface VmItem {
  readonly name: string;
  readonly uuid: string;
  readonly powerState: string;
  readonly state: string;
  readonly missing: readonly string[];
  readonly pvArgs: string;
  readonly pvBootloader: string;
  readonly ok?: boolean;
  readonly changed?: boolean;
  readonly before?: { readonly state: string; readonly powerState: string };
  readonly after?: { readonly state: string; readonly powerState: string };
  readonly repaired?: readonly string[];
  readonly attemptUsed?: boolean | null;
  readonly xe?: readonly string[];
  readonly error?: ReturnType<typeof problemJson>;
}

export function vmItem({ record }: Vm): VmItem {
  const { state, missing } = stateOf(record);
  return {
    name: record.name_label,
    uuid: record.uuid,
    powerState: record.power_state.toLowerCase(),
    state,
    missing,
    pvArgs: record.PV_args,
    pvBootloader: record.PV_bootloader,
  };
}

/** A VM that was not found, or was never made. */
export const absentItem = (name: string): VmItem => ({
  name,
  uuid: '',
  powerState: '',
  state: 'other',
  missing: [],
  pvArgs: '',
  pvBootloader: '',
});

export function problemJson({ code, message, cause, try: advice, url, host }: Problem) {
  return {
    code,
    message,
    ...(cause === undefined ? {} : { cause }),
    ...(advice === undefined ? {} : { try: advice }),
    ...(url === undefined ? {} : { url }),
    ...(host === undefined ? {} : { host }),
  };
}

export const xeLines = (steps: readonly StepView[]): string[] =>
  steps.map((step) => step.xe).filter((line) => line !== '' && !line.startsWith('#'));
