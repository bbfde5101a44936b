import { ApiError } from '../api-error.ts';
import type { Fields, Value } from '../types.ts';
import { type CallContext, type Handlers, text } from './context.ts';
import { withOperation } from './vm-operations.ts';

const memoryFields = ['memory_static_min', 'memory_static_max', 'memory_dynamic_min', 'memory_dynamic_max'] as const;

/** Sets some of the four limits together; the order and, without a DMC licence, the equality must hold. */
function setMemory(context: CallContext, vm: string, operation: string, changes: Fields): Promise<string> {
  const { database } = context.world;
  return withOperation(context, vm, operation, () => {
    const after = { ...database.get('VM', vm), ...changes };
    const [staticMin, staticMax, dynamicMin, dynamicMax] = memoryFields.map((field) => Number(after[field]));
    const ordered = [staticMin, dynamicMin, dynamicMax, staticMax].map((value) => value ?? 0);
    if (ordered.some((value, i) => i > 0 && value < (ordered[i - 1] ?? 0)) || (ordered[0] ?? 0) < 0) {
      throw new ApiError('MEMORY_CONSTRAINT_VIOLATION', 'static_min <= dynamic_min <= dynamic_max <= static_max');
    }
    // Free edition: dynamic memory control is a licensed feature.
    if (dynamicMin !== staticMax || dynamicMax !== staticMax) throw new ApiError('LICENSE_RESTRICTION');
    for (const [field, value] of Object.entries(changes)) database.set('VM', vm, field, value);
    database.set('VM', vm, 'memory_target', dynamicMax ?? 0);
    return '';
  });
}

function setVcpus(context: CallContext, vm: string, max: number, startup: number, field: string, value: Value) {
  return withOperation(context, vm, 'changing_VCPUs', () => {
    if (startup < 1 || startup > max) throw new ApiError('INVALID_VALUE', field, text(value));
    context.world.database.set('VM', vm, field, value);
    return '';
  });
}

const number = (value: Value | undefined): number => Number(value ?? 0);

export const vmLimitCalls: Handlers = {
  set_memory_limits: (context, vm, staticMin, staticMax, dynamicMin, dynamicMax) =>
    setMemory(context, text(vm), 'changing_memory_limits', {
      memory_static_min: number(staticMin),
      memory_static_max: number(staticMax),
      memory_dynamic_min: number(dynamicMin),
      memory_dynamic_max: number(dynamicMax),
    }),
  set_memory_static_range: (context, vm, min, max) =>
    setMemory(context, text(vm), 'changing_static_range', {
      memory_static_min: number(min),
      memory_static_max: number(max),
    }),
  set_memory_dynamic_range: (context, vm, min, max) =>
    setMemory(context, text(vm), 'changing_dynamic_range', {
      memory_dynamic_min: number(min),
      memory_dynamic_max: number(max),
    }),
  ...Object.fromEntries(
    memoryFields.map((field) => [
      `set_${field}`,
      ((context, vm, value) =>
        setMemory(context, text(vm), field.includes('static') ? 'changing_static_range' : 'changing_dynamic_range', {
          [field]: number(value),
        })) satisfies Handlers[string],
    ]),
  ),
  set_VCPUs_max(context, vm, value) {
    const record = context.world.database.get('VM', text(vm));
    return setVcpus(context, text(vm), number(value), number(record['VCPUs_at_startup']), 'VCPUs_max', number(value));
  },
  set_VCPUs_at_startup(context, vm, value) {
    const record = context.world.database.get('VM', text(vm));
    return setVcpus(context, text(vm), number(record['VCPUs_max']), number(value), 'VCPUs_at_startup', number(value));
  },
};
