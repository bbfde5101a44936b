import { ApiError } from './api-error.ts';
import { attachDevices, detachDevices } from './attach.ts';
import { throughXenopsd } from './boot-failure.ts';
import { bootRecord } from './boot-record.ts';
import { refsOf, text } from './calls/context.ts';
import { hostTime } from './clock.ts';
import { nullRef } from './database.ts';
import { domainPlan, keepConsole } from './domain-plan.ts';
import { crashAction, type ShutdownReason } from './fate.ts';
import type { Built, Ends } from './guest/guests.ts';
import { findBoot } from './kernel.ts';
import { noteFreeMemory } from './memory.ts';
import type { World } from './world.ts';
import { hideDomain, showDomain } from './xenopsd.ts';

// xapi_vm.ml and vmops.ml of xen-api@030a348661: which field changes when is theirs, for clients see each change.

/** What xapi fills in at the first start of a VM that has none (xapi_globs.ml of 5.6). */
export const genericBios = {
  'bios-vendor': 'Xen',
  'bios-version': '',
  'system-manufacturer': 'Xen',
  'system-product-name': 'HVM domU',
  'system-version': '',
  'system-serial-number': '',
  'hp-rombios': '',
};

/** The same from 7.6 on: the order is 22.31's. */
const laterBios = {
  ...{ 'bios-vendor': 'Xen', 'bios-version': '', 'system-manufacturer': 'Xen', 'system-product-name': 'HVM domU' },
  ...{ 'system-version': '', 'system-serial-number': '', 'baseboard-manufacturer': '', 'baseboard-product-name': '' },
  ...{ 'baseboard-version': '', 'baseboard-serial-number': '', 'baseboard-asset-tag': '' },
  ...{ 'baseboard-location-in-chassis': '', 'enclosure-asset-tag': '', 'hp-rombios': '' },
  ...{ 'oem-1': 'Xen', 'oem-2': 'MS_VM_CERT/SHA1/bdbeb6e0a816d43fa6d3fe8aaef04c2bad9d3e3d' },
};

/**
 * A halted VM is started: its record as it is now becomes last_booted_record, and stays so when the boot fails. When
 * it throws, no domain is there; what the bootloader has switched stays switched.
 */
export async function startVm(world: World, vm: string, signal: AbortSignal, paused = false): Promise<void> {
  const { database } = world;
  const record = database.get('VM', vm);
  noteBoot(world, vm, bootRecord(database.model, record), 'start');
  if (Object.keys(record['bios_strings'] ?? {}).length === 0)
    database.set('VM', vm, 'bios_strings', world.profile.has('lima') ? laterBios : genericBios);
  await buildDomain(world, vm, signal, paused);
}

/**
 * A running VM gets a new domain, made of the record as it is now; meanwhile the VM is Running with domid -1. It is
 * Halted when that fails.
 */
export async function rebootVm(world: World, vm: string, signal: AbortSignal): Promise<void> {
  const { database } = world;
  const record = bootRecord(database.model, database.get('VM', vm));
  stopDomain(world, vm);
  database.set('VM', vm, 'domid', -1);
  destroyConsoles(world, vm);
  noteBoot(world, vm, record, 'reboot');
  await buildDomain(world, vm, signal);
}

/**
 * VM.last_booted_record: up to 6.0 of every boot, from 6.1 on, with xenopsd, of the start of a halted VM, from 7.3 on of
 * none that is not suspended.
 */
function noteBoot({ database, profile }: World, vm: string, record: string, how: 'start' | 'reboot'): void {
  if (profile.has('inverness') || (how === 'reboot' && profile.has('tampa'))) return;
  database.set('VM', vm, 'last_booted_record', record);
}

/** Bootloader, domain builder, devices, guest. */
async function buildDomain(world: World, vm: string, signal: AbortSignal, paused = false): Promise<void> {
  const later = world.profile.has('tampa');
  const domid = world.nextDomid();
  // In 5.6 the VM has a domid from the beginning and is Running only at the end.
  if (!later) world.database.set('VM', vm, 'domid', domid);
  detachDevices(world, vm);
  let built: Built;
  try {
    const boot = await findBoot(world, vm, signal);
    built = await world.guests.build(domainPlan(world, vm, boot), signal);
  } catch (error) {
    const { uuid } = world.database.get('VM', vm);
    endDomain(world, vm);
    if (!(error instanceof ApiError) || !later) throw error;
    throw throughXenopsd(error, { vm, uuid: text(uuid), domid });
  }
  if (later) {
    forgetGuestMetrics(world, vm);
    showDomain(world, vm, { domid, paused, createConsoles: () => createConsoles(world, vm) });
  } else showDomain56(world, vm, built.arch, paused);
  const domain = built.start(guestEnds(world, vm));
  world.domains.set(vm, domain);
  if (paused) domain.freeze();
}

function showDomain56(world: World, vm: string, arch: Built['arch'], paused: boolean): void {
  const { database } = world;
  database.set('VM', vm, 'domarch', arch);
  attachDevices(world, vm);
  const record = database.get('VM', vm);
  const metrics = text(record['metrics']);
  database.set('VM_metrics', metrics, 'VCPUs_number', record['VCPUs_at_startup'] ?? 1);
  createConsoles(world, vm);
  database.set('VM_metrics', metrics, 'start_time', hostTime(world.clock.now()));
  database.set('VM_metrics', metrics, 'memory_actual', record['memory_static_max'] ?? 0);
  database.set('VM_metrics', metrics, 'state', []);
  forgetGuestMetrics(world, vm);
  database.set('VM', vm, 'resident_on', world.host);
  database.set('VM', vm, 'power_state', paused ? 'Paused' : 'Running');
  noteFreeMemory(world);
}

/** The domain's memory is on disk, and it is gone: the VM has no place until it is resumed. */
export function suspendDomain(world: World, vm: string): void {
  const { database } = world;
  world.domains.get(vm)?.freeze();
  database.set('VM', vm, 'power_state', 'Suspended');
  database.set('VM', vm, 'domid', -1);
  database.set('VM', vm, 'resident_on', nullRef);
  destroyConsoles(world, vm);
  noteFreeMemory(world);
}

/** A new domain goes on where the suspended one was. */
export function resumeDomain(world: World, vm: string, paused: boolean): void {
  const { database } = world;
  database.set('VM', vm, 'domid', world.nextDomid());
  createConsoles(world, vm);
  database.set('VM', vm, 'resident_on', world.host);
  database.set('VM', vm, 'power_state', paused ? 'Paused' : 'Running');
  noteFreeMemory(world);
  if (!paused) world.domains.get(vm)?.thaw();
}

/** What the host does when the domain that starts now ends by itself. */
function guestEnds(world: World, vm: string): Ends {
  const started = world.clock.now().getTime();
  const wish = (field: string): string => text(world.database.get('VM', vm)[field]);
  return {
    rebooted: () => guestEnded(world, vm, 'rebooted', wish('actions_after_reboot')),
    halted: () => guestEnded(world, vm, 'halted', wish('actions_after_shutdown')),
    crashed: () => {
      const action = crashAction(wish('actions_after_crash'), world.clock.now().getTime() - started);
      guestEnded(world, vm, 'crashed', action);
    },
    console: (bytes) => keepConsole(world, vm, bytes),
  };
}

/** The guest ended by itself: xapi's event thread does what the VM's record wants then (events.ml). */
export function guestEnded(world: World, vm: string, reason: ShutdownReason, action: string): void {
  recordShutdown(world, vm, reason, 'internal', action);
  if (/restart/.test(action)) rebootVm(world, vm, world.stopped).catch(() => endDomain(world, vm));
  else if (action === 'preserve') world.database.set('VM', vm, 'power_state', 'Paused');
  else endDomain(world, vm);
}

/** Who ended the last domain, when and why, is kept in other_config up to 6.0 (xapi_vm.ml:record_shutdown_details). */
export function recordShutdown(
  world: World,
  vm: string,
  reason: ShutdownReason,
  initiator: 'internal' | 'external',
  action: string,
): void {
  if (world.profile.has('tampa')) return;
  const words = action.replaceAll('_', ' ').replace('coredump', 'core dump');
  const details = {
    last_shutdown_reason: reason,
    last_shutdown_initiator: initiator,
    last_shutdown_action: words.charAt(0).toUpperCase() + words.slice(1),
    last_shutdown_time: hostTime(world.clock.now()),
  };
  for (const [key, value] of Object.entries(details)) {
    world.database.removeKey('VM', vm, 'other_config', key);
    world.database.setKey('VM', vm, 'other_config', key, value);
  }
}

/** The domain is gone, and the VM is Halted, while it still has its old domid for a moment (vmops.ml:destroy). */
export function endDomain(world: World, vm: string): void {
  stopDomain(world, vm);
  const { database } = world;
  if (database.find('VM', vm) === undefined) return;
  detachDevices(world, vm);
  if (world.profile.has('tampa')) hideDomain(world, vm);
  else {
    database.set('VM', vm, 'power_state', 'Halted');
    noteFreeMemory(world);
    database.set('VM', vm, 'domid', -1);
    database.set('VM', vm, 'resident_on', nullRef);
  }
  destroyConsoles(world, vm);
}

function stopDomain(world: World, vm: string): void {
  world.domains.get(vm)?.stop();
  world.domains.delete(vm);
}

/** Up to 5.6 FP1 a console is found by its VM, later by its own uuid; only vncterm, a PV guest's, has a text port. */
function createConsoles({ database, host, profile, random }: World, vm: string): void {
  const address = text(database.get('host', host)['address']);
  const hvm = database.get('VM', vm)['HVM_boot_policy'] !== '';
  for (const protocol of hvm ? ['rfb'] : profile.consoles) {
    const uuid = random.uuid();
    const place = profile.has('boston') ? `uuid=${uuid}` : `ref=${vm}`;
    database.create('console', { uuid, VM: vm, protocol, location: `https://${address}/console?${place}` });
  }
}

function destroyConsoles({ database }: World, vm: string): void {
  for (const console of refsOf(database.get('VM', vm)['consoles'])) database.destroy('console', console);
}

/** Only the next boot forgets what the guest's agent has said: a halted VM still shows it. */
function forgetGuestMetrics({ database }: World, vm: string): void {
  const metrics = text(database.get('VM', vm)['guest_metrics']);
  if (metrics === nullRef) return;
  database.set('VM', vm, 'guest_metrics', nullRef);
  if (database.find('VM_guest_metrics', metrics)) database.destroy('VM_guest_metrics', metrics);
}
