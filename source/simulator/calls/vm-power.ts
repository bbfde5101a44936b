import { ApiError } from '../api-error.ts';
import { endDomain, guestEnded, rebootVm, recordShutdown, startVm } from '../boot.ts';
import { nullRef } from '../database.ts';
import type { Wish } from '../guest/guests.ts';
import { freeMemory } from '../memory.ts';
import type { World } from '../world.ts';
import { type CallContext, type Handlers, refsOf, text } from './context.ts';
import { dropDevice } from './devices.ts';
import { dropSuspendImage } from './disks.ts';
import { isCancelling } from './task.ts';
import { withOperation } from './vm-operations.ts';

/** How long xapi waits for a guest that does not answer a shutdown request, in guest time. */
const shutdownTimeout = 60_000;

/** Errors: HOST_NOT_ENOUGH_FREE_MEMORY. */
export function assertCanBoot(world: World, vm: string): void {
  const record = world.database.get('VM', vm);
  const needed = Number(record['memory_static_max']) + Number(record['memory_overhead']);
  const free = freeMemory(world);
  if (needed > free) throw new ApiError('HOST_NOT_ENOUGH_FREE_MEMORY', String(needed), String(free));
}

function start(context: CallContext, vm: string, paused: boolean): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, 'start', async () => {
    try {
      assertCanBoot(world, vm);
    } catch (error) {
      // A host is chosen first, and why none will do is not told. From 6.2 on memory is no reason there, so that the
      // host that is taken all the same tells it (XS62, xapi_vm_helpers.ml:choose_host_for_vm_no_wlb).
      if (world.profile.has('clearwater')) throw error;
      throw new ApiError('NO_HOSTS_AVAILABLE');
    }
    await startVm(world, vm, world.stopped, paused);
    return '';
  });
}

type Shutdown = 'clean_shutdown' | 'hard_shutdown' | 'clean_reboot' | 'hard_reboot';

/** Asks or kills the guest; then the VM's own record says whether it comes back (xapi_vm.ml:of_action). */
function shutDown(context: CallContext, vm: string, operation: Shutdown): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, operation, async () => {
    const reason: Wish = operation.endsWith('reboot') ? 'rebooted' : 'halted';
    const field = reason === 'rebooted' ? 'actions_after_reboot' : 'actions_after_shutdown';
    const action = text(world.database.get('VM', vm)[field]);
    recordShutdown(world, vm, reason, 'external', action);
    for (let domain = world.domains.get(vm); operation.startsWith('clean'); domain = world.domains.get(vm)) {
      await askGuest(context, vm, reason, action);
      const now = world.domains.get(vm);
      if (now === domain || now === undefined) break;
      // It has rebooted by itself meanwhile: that will do, or it is asked again.
      if (action === 'restart') return '';
    }
    if (action === 'restart') await rebootVm(world, vm, world.stopped);
    else endDomain(world, vm);
    dropSuspendImage(world, vm);
    return '';
  });
}

/**
 * Rejects when xapi ends meanwhile: the guest has been asked all the same, and does it by itself. Who cancels the task
 * ends the waiting only, too.
 */
function askGuest(context: CallContext, vm: string, wish: Wish, action: string): Promise<void> {
  const { world, task } = context;
  const xapi = world.stopped;
  const domain = world.domains.get(vm);
  let waits = true;
  return new Promise<void>((resolve, reject) => {
    const over = (): void => {
      waits = false;
      deaf();
      cancel();
      xapi.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      over();
      reject(xapi.aborted ? xapi.reason : new ApiError('TASK_CANCELLED', task));
    };
    const deaf = world.database.listen((_, className, ref) => {
      if (className === 'task' && ref === task && isCancelling(world, task)) giveUp();
    });
    const cancel = world.clock.afterGuestTime(shutdownTimeout, () => {
      over();
      reject(new ApiError('VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT'));
    });
    xapi.addEventListener('abort', giveUp, { once: true });
    const ended = (): void => {
      if (waits) {
        over();
        resolve();
      } else if (domain !== undefined && world.domains.get(vm) === domain) guestEnded(world, vm, wish, action);
    };
    // It rejects when something else has ended the domain, which will do, too.
    (domain?.ask(wish) ?? Promise.resolve()).then(ended, ended);
  });
}

export const vmPowerCalls: Handlers = {
  start: (context, vm, paused) => start(context, text(vm), paused === true),
  start_on: (context, vm, _, paused) => start(context, text(vm), paused === true),
  clean_shutdown: (context, vm) => shutDown(context, text(vm), 'clean_shutdown'),
  hard_shutdown: (context, vm) => shutDown(context, text(vm), 'hard_shutdown'),
  /** From 6.2 on: whatever keeps the guest from stopping by itself, it is stopped (xapi_vm.ml of XS62). */
  shutdown: (context, vm) =>
    shutDown(context, text(vm), 'clean_shutdown').catch(() => shutDown(context, text(vm), 'hard_shutdown')),
  clean_reboot: (context, vm) => shutDown(context, text(vm), 'clean_reboot'),
  hard_reboot: (context, vm) => shutDown(context, text(vm), 'hard_reboot'),
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
      // Whoever came after it comes after what it came from (xapi_vm.ml:destroy).
      for (const child of refsOf(record['children']))
        database.set('VM', child, 'parent', record['parent'] ?? nullRef);
      for (const vbd of refsOf(record['VBDs'])) dropDevice(context.world, 'VBD', vbd);
      for (const vif of refsOf(record['VIFs'])) dropDevice(context.world, 'VIF', vif);
      if (database.find('VM_metrics', text(record['metrics'])))
        database.destroy('VM_metrics', text(record['metrics']));
      database.destroy('VM', text(vm));
      return '';
    }),
};
