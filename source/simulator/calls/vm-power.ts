import { ApiError } from '../api-error.ts';
import { buildDomain, endDomain } from '../boot.ts';
import type { World } from '../world.ts';
import { type CallContext, type Handlers, refsOf, text } from './context.ts';
import { withOperation } from './vm-operations.ts';

/** How long xapi waits for a guest that does not answer a shutdown request, in guest time. */
const shutdownTimeout = 60_000;
const shutdownTime = 5_000;

export function freeMemory(world: World): number {
  const { database } = world;
  const metrics = text(database.get('host', world.host)['metrics']);
  const total = Number(database.get('host_metrics', metrics)['memory_total']);
  const used = [...database.all('VM').values()].filter((vm) => vm['power_state'] === 'Running');
  return used.reduce((free, vm) => free - Number(vm['memory_static_max']) - Number(vm['memory_overhead']), total);
}

function assertCanBoot(world: World, vm: string): void {
  const record = world.database.get('VM', vm);
  const needed = Number(record['memory_static_max']) + Number(record['memory_overhead']);
  const free = freeMemory(world);
  if (needed > free) throw new ApiError('HOST_NOT_ENOUGH_FREE_MEMORY', String(needed), String(free));
}

function start(context: CallContext, vm: string): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, 'start', async () => {
    try {
      assertCanBoot(world, vm);
    } catch {
      // 5.6 chooses a host first and swallows every reason why none will do.
      throw new ApiError('NO_HOSTS_AVAILABLE');
    }
    await buildDomain(world, vm, world.stopped);
    return '';
  });
}

async function askGuest({ world, signal }: CallContext, vm: string): Promise<void> {
  const obeys = world.domains.get(vm)?.obeys ?? true;
  await new Promise<void>((resolve) => {
    const cancel = world.clock.afterGuestTime(obeys ? shutdownTime : shutdownTimeout, resolve);
    world.stopped.addEventListener('abort', () => {
      cancel();
      resolve();
    });
    if (signal.aborted) resolve();
  });
  if (!obeys) throw new ApiError('VM_FAILED_SHUTDOWN_ACK');
}

export const vmPowerCalls: Handlers = {
  start: (context, vm) => start(context, text(vm)),
  start_on: (context, vm) => start(context, text(vm)),
  clean_shutdown: (context, vm) =>
    withOperation(context, text(vm), 'clean_shutdown', async () => {
      await askGuest(context, text(vm));
      endDomain(context.world, text(vm));
      return '';
    }),
  hard_shutdown: (context, vm) =>
    withOperation(context, text(vm), 'hard_shutdown', () => {
      endDomain(context.world, text(vm));
      return '';
    }),
  clean_reboot: (context, vm) =>
    withOperation(context, text(vm), 'clean_reboot', async () => {
      await askGuest(context, text(vm));
      endDomain(context.world, text(vm));
      await buildDomain(context.world, text(vm), context.world.stopped);
      return '';
    }),
  hard_reboot: (context, vm) =>
    withOperation(context, text(vm), 'hard_reboot', async () => {
      endDomain(context.world, text(vm));
      await buildDomain(context.world, text(vm), context.world.stopped);
      return '';
    }),
  power_state_reset({ world }, vm) {
    endDomain(world, text(vm));
    return '';
  },
  assert_can_boot_here({ world }, vm, host) {
    world.database.get('host', text(host));
    assertCanBoot(world, text(vm));
    return '';
  },
  destroy: (context, vm) =>
    withOperation(context, text(vm), 'destroy', () => {
      const { database } = context.world;
      const record = database.get('VM', text(vm));
      for (const vbd of refsOf(record['VBDs'])) database.destroy('VBD', vbd);
      for (const vif of refsOf(record['VIFs'])) database.destroy('VIF', vif);
      if (database.find('VM_metrics', text(record['metrics'])))
        database.destroy('VM_metrics', text(record['metrics']));
      database.destroy('VM', text(vm));
      return '';
    }),
};
