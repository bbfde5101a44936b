import type { BootRules } from '../boot/releases.ts';
import { stateOf, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { verdicts } from './arming.ts';
import { mending } from './missing-texts.ts';
import { type Plan, planFor } from './plan.ts';
import { standingOf } from './standing.ts';
import { refuseUnfinished } from './unfinished.ts';

/** True when the next boot is eliloader's business. */
export const bootsThroughLoader = ({ record }: Vm): boolean =>
  record.PV_bootloader === 'eliloader' && record.HVM_boot_policy === '';

/**
 * No step when it runs already. Suspended and paused VMs are not started: they would go on, not boot. A boot of the
 * installer makes what an earlier install came to untrue: that goes first.
 */
export function planStart(vm: Vm, rules: BootRules): Plan {
  const { record } = vm;
  refuseUnfinished(record);
  if (record.power_state === 'Running') return planFor('start', vm, []);
  if (record.power_state !== 'Halted') {
    fail({
      code: 'not-halted',
      exit: exit.refused,
      message: `${record.name_label} is ${record.power_state.toLowerCase()}: it would go on where it was, not boot.`,
      try: [{ act: 'stop', vm: record.uuid, force: true }],
    });
  }
  const plan = planFor('start', vm, [...(bootsThroughLoader(vm) ? verdicts(record) : []), { do: 'start' }]);
  const needs = { disks: [], memory: record.memory_static_max };
  return { ...plan, notes: halfArmedNotes(vm, rules), standing: standingOf(vm, rules), needs };
}

/** Of a VM that would not get to its installer: the check refuses its start, unless it is forced. */
function halfArmedNotes(vm: Vm, rules: BootRules): readonly Finding[] {
  const { state, missing } = stateOf(vm, rules);
  if (state !== 'half-armed') return [];
  return [
    {
      severity: 'warning',
      code: 'half-armed',
      message: `It is half-armed, missing ${missing.join(', ')}: it would not get to the installer.`,
      try: mending(vm.record.name_label, missing),
    },
  ];
}

const interruptedInstall: Finding = {
  severity: 'warning',
  code: 'install-interrupted',
  message: 'Its install may be under way: the disk is then half-written, and the attempt is used.',
  try: 'Arm it again afterwards, to run the installer once more.',
};

export interface StopOptions {
  readonly force?: boolean | undefined;
  readonly reset?: boolean | undefined;
}

/** Clean, or with `force` at once; `reset` only tells the host that the domain is gone. No step when it is halted. */
export function planStop(vm: Vm, rules: BootRules, { force, reset }: StopOptions): Plan {
  const power = vm.record.power_state;
  if (power === 'Halted') return planFor('stop', vm, []);
  const how = reset ? 'reset' : force || power !== 'Running' ? 'hard' : 'clean';
  const plan = { ...planFor('stop', vm, [{ do: 'shutdown', how }]), standing: standingOf(vm, rules) };
  const { state } = stateOf(vm, rules);
  return state === 'fired' || state === 'installing' ? { ...plan, notes: [interruptedInstall] } : plan;
}
