import { markKeys } from '../boot/marks.ts';
import { stateOf, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import type { Action, Plan } from './plan.ts';

function planPower(operation: string, { ref, record }: Vm, actions: readonly Action[]): Plan {
  return {
    operation,
    target: { kind: 'existing', ref, uuid: record.uuid, name: record.name_label },
    actions,
    erases: [],
    sources: [],
    notes: [],
  };
}

/** The name of what a create is making, or was making when it was killed. */
export const halfMade = / xenfai:[0-9a-f]{8}$/;

/** No step when it runs already. Suspended and paused VMs are not started: they would go on, not boot. */
export function planStart(vm: Vm): Plan {
  const state = vm.record.power_state;
  if (halfMade.test(vm.record.name_label)) {
    fail({
      code: 'half-made',
      exit: exit.refused,
      message: `${vm.record.name_label} was left in the middle of a create: it is not whole.`,
      try: [`Remove it: xe vm-uninstall uuid=${vm.record.uuid}`],
    });
  }
  if (state === 'Running') return planPower('start', vm, []);
  if (state !== 'Halted') {
    fail({
      code: 'not-halted',
      exit: exit.refused,
      message: `${vm.record.name_label} is ${state.toLowerCase()}: it would go on where it was, not boot.`,
      try: [`xenfai stop --force ${vm.record.uuid}`],
    });
  }
  return planPower('start', vm, [{ do: 'start' }]);
}

const interruptedInstall: Finding = {
  severity: 'warning',
  code: 'install-interrupted',
  message: 'Its install may be under way: the disk is then half-written, and the attempt is used.',
  try: 'Rearm it afterwards to run the installer once more.',
};

export interface StopOptions {
  readonly force?: boolean;
  readonly reset?: boolean;
}

/** Clean, or with `force` at once; `reset` only tells the host that the domain is gone. No step when it is halted. */
export function planStop(vm: Vm, { force, reset }: StopOptions): Plan {
  const state = vm.record.power_state;
  if (state === 'Halted') return planPower('stop', vm, []);
  const how = reset ? 'reset' : force || state !== 'Running' ? 'hard' : 'clean';
  const plan = planPower('stop', vm, [{ do: 'shutdown', how }]);
  return stateOf(vm.record).state === 'fired' ? { ...plan, notes: [interruptedInstall] } : plan;
}

/** Puts on record that an install ended well. Nothing else is touched. */
export const planInstalled = (vm: Vm): Plan =>
  planPower('installed', vm, [
    { do: 'mark', name: 'installed', words: {}, before: vm.record.other_config[markKeys.installed] ?? null },
  ]);
