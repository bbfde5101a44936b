import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import { freeMemory } from '../memory.ts';
import { type Handlers, text } from './context.ts';
import { allowedVbdDevices, allowedVifDevices } from './devices.ts';
import { memoryOverhead } from './vm-limits.ts';

export const hostCalls: Handlers = {
  /** So it is in xapi_host.ml; the names come from system.listMethods. */
  list_methods() {
    throw new ApiError('NOT_IMPLEMENTED', 'list_method');
  },
  get_servertime: ({ world }) => hostTime(world.clock.now()),
  compute_free_memory: ({ world }) => freeMemory(world),
};

export const vmQueryCalls: Handlers = {
  get_allowed_VIF_devices: ({ world }, vm) => allowedVifDevices(world, text(vm)),
  get_allowed_VBD_devices: ({ world }, vm) => allowedVbdDevices(world, text(vm)),
  get_possible_hosts: ({ world }) => [world.host],
  get_cooperative: () => true,
  compute_memory_overhead: ({ world }, vm) => memoryOverhead(world, world.database.get('VM', text(vm))),
};
