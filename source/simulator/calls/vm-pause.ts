import { ApiError } from '../api-error.ts';
import { resumeDomain, suspendDomain } from '../boot.ts';
import { noteFreeMemory } from '../memory.ts';
import type { World } from '../world.ts';
import { type CallContext, type Handlers, text } from './context.ts';
import { createDisk, dropSuspendImage } from './disks.ts';
import { withOperation } from './vm-operations.ts';
import { assertCanBoot } from './vm-power.ts';

// Stopped processors and memory images on disk, after xapi_vm.ml and vmops.ml.

/** Where memory goes: to the pool's SR for it, else to the host's (helpers.ml:choose_suspend_sr). */
function suspendStorage({ database, host }: World, vm: string): string {
  const [pool = {}] = database.all('pool').values();
  const wanted = [pool['suspend_image_SR'], database.get('host', host)['suspend_image_sr']].map(text);
  const found = wanted.find((sr) => database.find('SR', sr) !== undefined);
  if (found === undefined) throw new ApiError('VM_NO_SUSPEND_SR', vm);
  return found;
}

/** The memory is written to a disk of its own, then the domain goes; drives and cards count as attached all the while. */
function suspend(context: CallContext, vm: string): Promise<string> {
  const { world } = context;
  const { database } = world;
  return withOperation(context, vm, 'suspend', () => {
    const sr = suspendStorage(world, vm);
    const record = database.get('VM', vm);
    const memory = Number(record['memory_static_max']);
    const image = createDisk(world, {
      SR: sr,
      name_label: 'Suspend image',
      name_description: 'Suspend image',
      virtual_size: memory + 16 * 1024 ** 2,
      type: 'suspend',
      sm_config: { vmhint: text(record['uuid']) },
    });
    database.set('VM', vm, 'suspend_VDI', image);
    database.set('VM', vm, 'memory_target', memory);
    suspendDomain(world, vm);
    return '';
  });
}

function resume(context: CallContext, vm: string, operation: string, paused: boolean): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, operation, () => {
    try {
      assertCanBoot(world, vm);
    } catch {
      throw new ApiError('NO_HOSTS_AVAILABLE');
    }
    resumeDomain(world, vm, paused);
    dropSuspendImage(world, vm);
    return '';
  });
}

function setPaused(context: CallContext, vm: string, paused: boolean): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, paused ? 'pause' : 'unpause', () => {
    const domain = world.domains.get(vm);
    if (paused) domain?.freeze();
    else domain?.thaw();
    world.database.set('VM', vm, 'power_state', paused ? 'Paused' : 'Running');
    noteFreeMemory(world);
    return '';
  });
}

export const vmPauseCalls: Handlers = {
  pause: (context, vm) => setPaused(context, text(vm), true),
  unpause: (context, vm) => setPaused(context, text(vm), false),
  suspend: (context, vm) => suspend(context, text(vm)),
  resume: (context, vm, paused) => resume(context, text(vm), 'resume', paused === true),
  resume_on(context, vm, host, paused) {
    context.world.database.get('host', text(host));
    return resume(context, text(vm), 'resume_on', paused === true);
  },
};
