import { ApiError } from '../api-error.ts';
import type { Fields, Value } from '../types.ts';
import type { World } from '../world.ts';
import { type CallContext, type Handlers, text } from './context.ts';
import { withOperation } from './vm-operations.ts';

const memoryFields = ['memory_static_min', 'memory_static_max', 'memory_dynamic_min', 'memory_dynamic_max'] as const;

const unpinned = 'Memory limits must satisfy: static_min ≤ dynamic_min = dynamic_max = static_max';
/** From 8.2 on (CA-336685), with why: dynamic memory control is licensed, or the VM is of a kind that has none. */
const unlicensed = 'DMC unavailable';
const badVcpus = 'VCPU values must satisfy: 0 < VCPUs_at_startup ≤ VCPUs_max';

/**
 * Sets some of the four limits together. Dynamic memory control is a licensed feature: without it the two dynamic
 * limits are the static maximum (xapi_vm_memory_constraints.ml).
 */
function setMemory(context: CallContext, vm: string, operation: string, changes: Fields): Promise<string> {
  const { database } = context.world;
  return withOperation(context, vm, operation, () => {
    const after = { ...database.get('VM', vm), ...changes };
    const [staticMin = 0, staticMax, dynamicMin = 0, dynamicMax] = memoryFields.map((field) => Number(after[field]));
    if (staticMin > dynamicMin || dynamicMin !== dynamicMax || dynamicMax !== staticMax) {
      if (!context.world.profile.has('stockholm')) throw new ApiError('MEMORY_CONSTRAINT_VIOLATION', unpinned);
      throw new ApiError('MEMORY_CONSTRAINT_VIOLATION_MAXPIN', unlicensed);
    }
    for (const [field, value] of Object.entries(changes)) database.set('VM', vm, field, value);
    if ('memory_dynamic_min' in changes) database.set('VM', vm, 'memory_target', dynamicMin);
    database.set('VM', vm, 'memory_overhead', memoryOverhead(context.world, database.get('VM', vm)));
    return '';
  });
}

/**
 * What a VM takes of the host besides its own memory, in bytes (memory.ml): 1 MiB, for HVM one more and the shadow. In
 * 22.31 a PV guest has a shadow, too, not multiplied, one in a PVH shim what the shim takes; since when is not known, here it is from 7.5 on.
 */
export function memoryOverhead({ profile }: Pick<World, 'profile'>, vm: Fields): number {
  const mib = 1024 ** 2;
  const shim = vm['domain_type'] === 'pv_in_pvh';
  const hvm = vm['HVM_boot_policy'] !== '' || shim;
  if (!hvm && !profile.has('kolkata')) return mib;
  const size = Math.ceil(Number(vm['memory_static_max']) / mib);
  const pages = 256 * Number(vm['VCPUs_max']) + 2 * size;
  const shadow = Math.trunc(Math.ceil(pages / 256) * (hvm ? Number(vm['HVM_shadow_multiplier']) : 1));
  return ((hvm ? 2 : 1) + Math.max(1, shadow) + (shim ? 23 + Math.trunc(size / 90) : 0)) * mib;
}

function setVcpus(context: CallContext, vm: string, field: 'VCPUs_max' | 'VCPUs_at_startup', value: number) {
  const { database } = context.world;
  return withOperation(context, vm, 'changing_VCPUs', () => {
    const after: Fields = { ...database.get('VM', vm), [field]: value };
    if (value < 1 || Number(after['VCPUs_at_startup']) > Number(after['VCPUs_max'])) {
      throw new ApiError('INVALID_VALUE', badVcpus, String(value));
    }
    database.set('VM', vm, field, value);
    database.set('VM', vm, 'memory_overhead', memoryOverhead(context.world, database.get('VM', vm)));
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
  set_VCPUs_max: (context, vm, value) => setVcpus(context, text(vm), 'VCPUs_max', number(value)),
  set_VCPUs_at_startup: (context, vm, value) => setVcpus(context, text(vm), 'VCPUs_at_startup', number(value)),
};
