import type { InstallState } from '../boot/install-state.ts';
import type { MissingReason } from '../boot/missing.ts';
import type { BootRules } from '../boot/releases.ts';
import type { DiskDevice, NetworkDevice } from '../hosts/devices.ts';
import { powerWord, reasonsOf, stateOf, type Vm } from '../hosts/vm.ts';
import { recordedFailure } from '../watch/install.ts';
import type { problemJson } from './json.ts';

interface Condition {
  readonly state: InstallState;
  readonly powerState: string;
}

/** A VM as every command's JSON shows it. Foreign text stays raw here. */
export interface VmItem extends Condition {
  readonly name: string;
  readonly uuid: string;
  readonly missing: readonly string[];
  /** Of a half-armed one: the setting behind each word of `missing`. */
  readonly reasons?: readonly MissingReason[];
  /** Bytes. This and what follows only where one VM is asked about by its name. */
  readonly memory?: number;
  readonly vcpus?: number;
  readonly disks?: readonly DiskDevice[];
  readonly networks?: readonly NetworkDevice[];
  /** Where in FAI, and with which code, a failed one has failed. */
  readonly task?: string;
  readonly code?: number;
  readonly pvArgs: string;
  readonly pvBootloader: string;
  readonly ok?: boolean;
  readonly changed?: boolean;
  readonly before?: Condition;
  readonly after?: Condition;
  readonly repaired?: readonly string[];
  /** What the run had to say besides: nothing that failed. */
  readonly notes?: readonly string[];
  readonly attemptUsed?: boolean | null;
  readonly xe?: readonly string[];
  readonly error?: ReturnType<typeof problemJson>;
}

/** By the record, as its host's release makes it. */
export function vmItem(vm: Vm, rules: BootRules): VmItem {
  const { record } = vm;
  const { state, missing } = stateOf(vm, rules);
  return {
    name: record.name_label,
    uuid: record.uuid,
    powerState: powerWord(record),
    state,
    missing,
    ...(missing.length === 0 ? {} : { reasons: reasonsOf(vm, missing, rules.loader) }),
    ...(state === 'failed' ? recordedFailure(vm) : null),
    pvArgs: record.PV_args,
    pvBootloader: record.PV_bootloader,
  };
}

/** What is missing, or where it has failed, for people. */
export const vmDetail = ({ missing, task, code }: VmItem): string =>
  task === undefined ? missing.join(' ') : `at ${task}, code ${code ?? 0}`;

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

export const condition = ({ state, powerState }: VmItem): Condition => ({ state, powerState });
