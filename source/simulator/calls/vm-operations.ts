import { ApiError } from '../api-error.ts';
import lifecycle from '../datamodel-5.6/lifecycle.json' with { type: 'json' };
import type { Fields } from '../types.ts';
import type { World } from '../world.ts';
import { type CallContext, fieldsOf, text } from './context.ts';

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

/** The error an operation would meet now, or null. The order of the checks is xapi's. */
export function operationError(ref: string, vm: Fields, operation: string): ApiError | null {
  const name = names[operation] ?? operation;
  const blocked = fieldsOf(vm['blocked_operations'])[operation];
  if (blocked !== undefined) return new ApiError('OPERATION_BLOCKED', ref, text(blocked));
  const current = Object.values(fieldsOf(vm['current_operations'])).map(String);
  const expected = powerStates[operation] ?? [];
  const actual = text(vm['power_state']);
  if (current.length === 0) {
    if (!expected.includes(actual)) {
      return new ApiError('VM_BAD_POWER_STATE', ref, expected.join(', ').toLowerCase(), actual.toLowerCase());
    }
  } else if (!concurrent.some((set) => [operation, ...current].every((one) => set.includes(one)))) {
    const shown = current.map((one) => names[one] ?? one);
    return new ApiError('OTHER_OPERATION_IN_PROGRESS', `VM.${shown.length === 1 ? shown[0] : `{${shown}}`}`, ref);
  }
  if (vm['is_a_template'] === true && vm['is_a_snapshot'] !== true) {
    const own = fieldsOf(vm['other_config'])['default_template'] !== 'true';
    const allowed = allowedOnTemplates.has(operation) || (operation === 'destroy' && own);
    return allowed ? null : new ApiError('VM_IS_TEMPLATE', ref, name);
  }
  if (vm['is_a_snapshot'] === true) {
    const allowed = ['revert', 'clone', 'copy', 'export', 'destroy', 'hard_shutdown', 'metadata_export'];
    return allowed.includes(operation) ? null : new ApiError('VM_IS_SNAPSHOT', ref, name);
  }
  if (operation === 'provision') return new ApiError('PROVISION_ONLY_ALLOWED_ON_TEMPLATE');
  if (vm['is_control_domain'] === true && !['metadata_export', 'changing_dynamic_range'].includes(operation)) {
    return new ApiError('OPERATION_NOT_ALLOWED', 'Operations on domain 0 are not allowed');
  }
  const needsDrivers = ['suspend', 'checkpoint', 'pool_migrate'].includes(operation);
  if (actual === 'Running' && needsDrivers && vm['guest_metrics'] === 'OpaqueRef:NULL') {
    return new ApiError('VM_MISSING_PV_DRIVERS', ref);
  }
  return null;
}

export function updateAllowedOperations(world: World, ref: string): void {
  const vm = world.database.find('VM', ref);
  if (vm === undefined) return;
  const allowed = lifecycle.candidates.filter((operation) => operationError(ref, vm, operation) === null).reverse();
  world.database.set('VM', ref, 'allowed_operations', allowed);
}

/**
 * Runs `action` as an operation of the VM: checked, visible in current_operations while it runs. A conflicting
 * operation is waited for, as xapi does for up to two hours.
 */
export async function withOperation<T>(
  { world, task, signal }: CallContext,
  ref: string,
  operation: string,
  action: () => Promise<T> | T,
): Promise<T> {
  for (;;) {
    const error = operationError(ref, world.database.get('VM', ref), operation);
    if (error === null) break;
    if (error.code !== 'OTHER_OPERATION_IN_PROGRESS' || signal.aborted) throw error;
    await nextChange(world, ref);
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

function nextChange(world: World, ref: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = world.database.listen((_, className, changed) => {
      if (className !== 'VM' || changed !== ref) return;
      stop();
      resolve();
    });
  });
}
