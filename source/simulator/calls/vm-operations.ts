import { ApiError } from '../api-error.ts';
import lifecycle from '../datamodel-5.6/lifecycle.json' with { type: 'json' };
import type { Fields } from '../types.ts';
import type { World } from '../world.ts';
import { type CallContext, fieldsOf, type Handler, type Handlers, text } from './context.ts';
import { isCancelling, setCancellable } from './task.ts';

// xapi_vm_lifecycle.ml of 5.6: which operation is allowed in which state, and which error says so.

const powerStates = lifecycle.powerStates as Readonly<Record<string, readonly string[]>>;
const names = lifecycle.names as Readonly<Record<string, string>>;
const concurrent = [['clone', 'copy', 'export'], ['snapshot', 'checkpoint'], ['get_boot_record']];

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
]);

/** Code and parameters of the error that an operation would meet. */
type Refusal = readonly [code: string, ...params: string[]];

/** The error an operation would meet now, or null. The order of the checks is xapi's. */
function refusal(world: World, ref: string, vm: Fields, operation: string): Refusal | null {
  const name = names[operation] ?? operation;
  const blocked = fieldsOf(vm['blocked_operations'])[operation];
  if (blocked !== undefined) return ['OPERATION_BLOCKED', ref, text(blocked)];
  const current = Object.values(fieldsOf(vm['current_operations'])).map(String);
  const expected = powerStates[operation] ?? [];
  const actual = text(vm['power_state']);
  if (current.length === 0) {
    if (!expected.includes(actual)) {
      return ['VM_BAD_POWER_STATE', ref, expected.join(', ').toLowerCase(), actual.toLowerCase()];
    }
  } else if (!concurrent.some((set) => [operation, ...current].every((one) => set.includes(one)))) {
    const shown = current.map((one) => names[one] ?? one);
    return ['OTHER_OPERATION_IN_PROGRESS', `VM.${shown.length === 1 ? shown[0] : `{${shown}}`}`, ref];
  }
  if (vm['is_a_template'] === true && vm['is_a_snapshot'] !== true) {
    const own = fieldsOf(vm['other_config'])['default_template'] !== 'true' && vm['is_default_template'] !== true;
    const allowed = allowedOnTemplates.has(operation) || (operation === 'destroy' && own);
    return allowed ? null : ['VM_IS_TEMPLATE', ref, name];
  }
  if (vm['is_a_snapshot'] === true) {
    const allowed = ['revert', 'clone', 'copy', 'export', 'destroy', 'hard_shutdown', 'metadata_export'];
    return allowed.includes(operation) ? null : ['VM_IS_SNAPSHOT', ref, name];
  }
  if (operation === 'provision') return ['PROVISION_ONLY_ALLOWED_ON_TEMPLATE'];
  if (operation === 'revert') return ['REVERT_ONLY_ALLOWED_ON_SNAPSHOT'];
  if (vm['is_control_domain'] === true && !allowedOnDomain0.has(operation)) {
    return ['OPERATION_NOT_ALLOWED', 'Operations on domain 0 are not allowed'];
  }
  if (actual === 'Running' && lacksDrivers(world, vm, operation)) return ['VM_MISSING_PV_DRIVERS', ref];
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

const guestMetrics = (world: World, vm: Fields): Fields | undefined =>
  world.database.find('VM_guest_metrics', text(vm['guest_metrics']));

/** check_drivers: to stop an HVM guest takes drivers, to move its memory any guest's must have been seen. */
function lacksDrivers(world: World, vm: Fields, operation: string): boolean {
  const metrics = guestMetrics(world, vm);
  if (['suspend', 'checkpoint', 'pool_migrate'].includes(operation)) return metrics === undefined;
  if (!['clean_shutdown', 'clean_reboot', 'changing_VCPUs_live'].includes(operation)) return false;
  const version = fieldsOf(metrics?.['PV_drivers_version']);
  return vm['HVM_boot_policy'] !== '' && Object.keys(version).length === 0;
}

function canQuiesce(world: World, vm: Fields): boolean {
  const other = fieldsOf(guestMetrics(world, vm)?.['other']);
  return 'feature-quiesce' in other || 'feature-snapshot' in other;
}

export function updateAllowedOperations(world: World, ref: string): void {
  const vm = world.database.find('VM', ref);
  if (vm === undefined) return;
  const allowed = lifecycle.candidates.filter((operation) => refusal(world, ref, vm, operation) === null).reverse();
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
function nextChange(world: World, vm: string, task: string): Promise<void> {
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
