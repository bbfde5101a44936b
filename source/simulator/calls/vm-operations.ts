import { ApiError } from '../api-error.ts';
import lifecycle from '../datamodel-5.6/lifecycle.json' with { type: 'json' };
import type { Fields } from '../types.ts';
import type { EmptyWorld } from '../world.ts';
import { type CallContext, fieldsOf, type Handler, type Handlers, text } from './context.ts';
import { isCancelling, setCancellable } from './task.ts';

// xapi_vm_lifecycle.ml: which operation is allowed in which state, and which error says so. What came after 5.6 is of
// xen-api@v22.31.0, each with the release that it came with.

const powerStates: Readonly<Record<string, readonly string[]>> = {
  ...lifecycle.powerStates,
  migrate_send: ['Halted', 'Suspended', 'Running'],
  changing_NVRAM: ['Halted'],
};
const names = lifecycle.names as Readonly<Record<string, string>>;
const concurrent = [['clone', 'copy', 'export'], ['snapshot', 'checkpoint'], ['get_boot_record']];

/** allowed_operations is worked out in this order, and shown in the other. */
const candidates = ({ profile }: EmptyWorld): readonly string[] =>
  lifecycle.candidates.flatMap((operation) => {
    if (operation === 'make_into_template' && profile.has('tampa')) return ['migrate_send', operation];
    if (operation !== 'changing_dynamic_range' || !profile.has('tampa')) return [operation];
    return ['changing_shadow_memory', operation, ...(profile.has('naples') ? ['changing_NVRAM'] : [])];
  });

const allowedOnTemplates = new Set([
  'changing_dynamic_range',
  'changing_static_range',
  'changing_memory_limits',
  'changing_VCPUs',
  'clone',
  'copy',
  'export',
  'metadata_export',
  'provision',
  // CA-63608: from 6.1 on it is among those that are looked at.
  'changing_shadow_memory',
  'changing_NVRAM',
]);

/** Code and parameters of the error that an operation would meet. */
type Refusal = readonly [code: string, ...params: string[]];

/** Whether it may be done while these are under way. From 6.1 on what is stuck may be shut down hard. */
function goesBeside({ profile }: EmptyWorld, operation: string, current: readonly string[]): boolean {
  if (concurrent.some((set) => [operation, ...current].every((one) => set.includes(one)))) return true;
  if (!profile.has('tampa')) return false;
  if (operation === 'hard_shutdown') return !current.includes('hard_shutdown');
  return operation === 'hard_reboot' && !current.some((one) => one === 'hard_shutdown' || one === 'hard_reboot');
}

/** Dom0's limits are changed while it runs (from 7.0 on). */
function powerStatesFor({ profile }: EmptyWorld, vm: Fields, operation: string): readonly string[] {
  const states = powerStates[operation] ?? [];
  const dom0 = vm['is_control_domain'] === true && profile.has('dundee');
  const live = dom0 && ['changing_VCPUs', 'changing_static_range', 'changing_memory_limits'].includes(operation);
  return live ? [...states, 'Running'] : states;
}

/** The error an operation would meet now, or null. The order of the checks is xapi's. */
function refusal(world: EmptyWorld, ref: string, vm: Fields, operation: string): Refusal | null {
  const name = names[operation] ?? operation;
  const blocked = fieldsOf(vm['blocked_operations'])[operation];
  if (blocked !== undefined) return ['OPERATION_BLOCKED', ref, text(blocked)];
  const current = Object.values(fieldsOf(vm['current_operations'])).map(String);
  const expected = powerStatesFor(world, vm, operation);
  const actual = text(vm['power_state']);
  // Later the power state counts always, in 5.6 only where nothing is under way.
  if ((current.length === 0 || world.profile.has('tampa')) && !expected.includes(actual)) {
    return ['VM_BAD_POWER_STATE', ref, expected.join(', ').toLowerCase(), actual.toLowerCase()];
  }
  if (current.length > 0 && !goesBeside(world, operation, current)) {
    const shown = current.map((one) => names[one] ?? one);
    return ['OTHER_OPERATION_IN_PROGRESS', `VM.${shown.length === 1 ? shown[0] : `{${shown}}`}`, ref];
  }
  if (vm['is_a_template'] === true && vm['is_a_snapshot'] !== true) {
    const own = fieldsOf(vm['other_config'])['default_template'] !== 'true' && vm['is_default_template'] !== true;
    const allowed = allowedOnTemplates.has(operation) || (['destroy', 'migrate_send'].includes(operation) && own);
    return allowed ? null : ['VM_IS_TEMPLATE', ref, name];
  }
  if (vm['is_a_snapshot'] === true) {
    const allowed = ['revert', 'clone', 'copy', 'export', 'destroy', 'hard_shutdown', 'metadata_export'];
    return allowed.includes(operation) ? null : ['VM_IS_SNAPSHOT', ref, name];
  }
  if (operation === 'provision') return ['PROVISION_ONLY_ALLOWED_ON_TEMPLATE'];
  if (operation === 'revert') return ['REVERT_ONLY_ALLOWED_ON_SNAPSHOT'];
  const reserved = vm['is_control_domain'] === true ? refusedOnControlDomain(world, operation) : null;
  if (reserved !== null) return ['OPERATION_NOT_ALLOWED', reserved];
  if (actual === 'Running' && lacksDrivers(world, vm, operation)) {
    return [world.profile.has('dundee') ? 'VM_LACKS_FEATURE' : 'VM_MISSING_PV_DRIVERS', ref];
  }
  if (operation === 'snapshot_with_quiesce' && !canQuiesce(world, vm)) {
    return ['VM_SNAPSHOT_WITH_QUIESCE_NOT_SUPPORTED', ref];
  }
  return null;
}

const allowedOnDomain0 = new Set([
  'data_source_op',
  'changing_memory_live',
  'awaiting_memory_live',
  'metadata_export',
  'changing_dynamic_range',
]);

/** Why the control domain does not do that; null when it may. */
function refusedOnControlDomain({ profile }: EmptyWorld, operation: string): string | null {
  if (allowedOnDomain0.has(operation)) return null;
  if (!profile.has('dundee')) return 'Operations on domain 0 are not allowed';
  if (['changing_VCPUs', 'destroy'].includes(operation)) return 'This operation is not allowed on dom0';
  if (['changing_memory_limits', 'changing_static_range', 'start', 'start_on'].includes(operation)) return null;
  return 'This operation is not allowed on a control domain';
}

const guestMetrics = (world: EmptyWorld, vm: Fields): Fields | undefined =>
  world.database.find('VM_guest_metrics', text(vm['guest_metrics']));

/** check_drivers: to stop an HVM guest takes drivers, to move its memory any guest's must have been seen. */
function lacksDrivers(world: EmptyWorld, vm: Fields, operation: string): boolean {
  const metrics = guestMetrics(world, vm);
  const booted = text(world.database.find('VM_metrics', text(vm['metrics']))?.['current_domain_type']);
  if (booted.startsWith('pv')) return false;
  if (['suspend', 'checkpoint', 'pool_migrate'].includes(operation)) return metrics === undefined;
  if (!['clean_shutdown', 'clean_reboot', 'changing_VCPUs_live'].includes(operation)) return false;
  const version = fieldsOf(metrics?.['PV_drivers_version']);
  return vm['HVM_boot_policy'] !== '' && Object.keys(version).length === 0;
}

function canQuiesce(world: EmptyWorld, vm: Fields): boolean {
  const other = fieldsOf(guestMetrics(world, vm)?.['other']);
  return 'feature-quiesce' in other || 'feature-snapshot' in other;
}

export function updateAllowedOperations(world: EmptyWorld, ref: string): void {
  const vm = world.database.find('VM', ref);
  if (vm === undefined) return;
  const allowed = candidates(world)
    .filter((operation) => refusal(world, ref, vm, operation) === null)
    .reverse();
  world.database.set('VM', ref, 'allowed_operations', allowed);
}

/**
 * Runs `action` as an operation of the VM: checked, visible in current_operations while it runs. A conflicting
 * operation is waited for, as xapi does for up to two hours; who waits can be cancelled (message_forwarding.ml:retry).
 */
export async function withOperation<T>(
  { world, task, signal }: CallContext,
  ref: string,
  operation: string,
  action: () => Promise<T> | T,
): Promise<T> {
  const xapi = world.stopped;
  setCancellable(world, task);
  for (;;) {
    xapi.throwIfAborted();
    if (isCancelling(world, task)) throw new ApiError('TASK_CANCELLED', task);
    const refused = refusal(world, ref, world.database.get('VM', ref), operation);
    if (refused === null) break;
    if (refused[0] !== 'OTHER_OPERATION_IN_PROGRESS' || signal.aborted) throw new ApiError(...refused);
    await nextChange(world, ref, task);
  }
  world.database.setKey('VM', ref, 'current_operations', task, operation);
  updateAllowedOperations(world, ref);
  try {
    return await action();
  } finally {
    if (world.database.find('VM', ref) !== undefined) {
      world.database.removeKey('VM', ref, 'current_operations', task);
      updateAllowedOperations(world, ref);
    }
  }
}

/** Waits until something happens to the VM, or to the task that waits for it. */
function nextChange(world: EmptyWorld, vm: string, task: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = world.database.listen((_, className, changed) => {
      if (!(className === 'VM' && changed === vm) && !(className === 'task' && changed === task)) return;
      stop();
      resolve();
    });
  });
}

const checked =
  (method: string, operation: string): Handler =>
  (context, vm) =>
    withOperation(context, text(vm), operation, () => {
      throw new ApiError('INTERNAL_ERROR', `Not_implemented(VM.${method})`);
    });

/** Operations that are checked as xapi checks them and then not carried out: this world has nothing to do them with. */
export const vmCheckedCalls: Handlers = Object.fromEntries(
  ['checkpoint', 'snapshot_with_quiesce', 'revert', 'pool_migrate'].map((method) => [
    method,
    checked(method, method),
  ]),
);
