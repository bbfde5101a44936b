import { attachDevices } from './attach.ts';
import { fieldsOf, text } from './calls/context.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { hostTime } from './clock.ts';
import { nullRef } from './database.ts';
import { noteFreeMemory } from './memory.ts';
import type { World } from './world.ts';

// From 6.1 on xenopsd builds domains, and what xapi knows of them comes by its events (xapi_xenops.ml of
// xen-api@v22.31.0): in another order than before, as it was recorded.

interface Shown {
  readonly domid: number;
  readonly paused: boolean;
  readonly createConsoles: () => void;
}

/** A domain that is built shows: the VM is Running before it has a domid, and that before it has consoles. */
export function showDomain(world: World, vm: string, { domid, paused, createConsoles }: Shown): void {
  const { database, profile, host } = world;
  const record = database.get('VM', vm);
  const hvm = record['HVM_boot_policy'] !== '';
  database.set('VM', vm, 'scheduled_to_be_resident_on', host);
  database.set('VM', vm, 'resident_on', host);
  database.set('VM', vm, 'scheduled_to_be_resident_on', nullRef);
  database.set('VM', vm, 'power_state', paused ? 'Paused' : 'Running');
  updateAllowedOperations(world, vm);
  attachDevices(world, vm);
  const metrics = text(record['metrics']);
  const measured = {
    VCPUs_number: record['VCPUs_at_startup'] ?? 1,
    memory_actual: record['memory_static_max'] ?? 0,
    start_time: hostTime(world.clock.now()),
    state: [],
    ...(profile.has('kolkata') ? { current_domain_type: record['domain_type'] ?? '' } : {}),
  };
  for (const [name, value] of Object.entries(measured)) database.set('VM_metrics', metrics, name, value);
  database.set('VM', vm, 'domid', domid);
  createConsoles();
  if (profile.has('inverness')) {
    const info = fieldsOf(database.get('host', host)['cpu_info']);
    const features = (hvm ? info['features_hvm'] : info['features_pv']) ?? '';
    database.set('VM', vm, 'last_boot_CPU_flags', { vendor: info['vendor'] ?? '', features });
  }
  noteFreeMemory(world);
}

/** It is gone again: first it is no longer anywhere, then it has no domid. */
export function hideDomain(world: World, vm: string): void {
  const { database } = world;
  database.set('VM', vm, 'power_state', 'Halted');
  database.set('VM', vm, 'resident_on', nullRef);
  database.set('VM', vm, 'domid', -1);
  noteFreeMemory(world);
}
