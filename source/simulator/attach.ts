import { refsOf, text } from './calls/context.ts';
import { nullRef } from './database.ts';
import type { World } from './world.ts';

/**
 * The VBDs and VIFs of a domain that is being built: attached, with the device names the guest sees. An empty drive
 * stays away from a PV guest (vmops.ml:start_paused, vbdops.ml:create_vbd).
 */
export function attachDevices(world: World, vm: string): void {
  const { database } = world;
  const record = database.get('VM', vm);
  const hvm = record['HVM_boot_policy'] !== '';
  for (const vbd of refsOf(record['VBDs'])) {
    const { userdevice, VDI } = database.get('VBD', vbd);
    if (VDI === nullRef && !hvm) continue;
    database.set('VBD', vbd, 'device', deviceName(text(userdevice), hvm));
    database.set('VBD', vbd, 'currently_attached', true);
  }
  for (const vif of refsOf(record['VIFs'])) database.set('VIF', vif, 'currently_attached', true);
}

/** The domain is gone: nothing is attached; the device names stay. */
export function detachDevices(world: World, vm: string): void {
  const { VBDs, VIFs } = world.database.get('VM', vm);
  for (const vbd of refsOf(VBDs)) world.database.set('VBD', vbd, 'currently_attached', false);
  for (const vif of refsOf(VIFs)) world.database.set('VIF', vif, 'currently_attached', false);
}

/** 0 is xvda for a PV guest and hda for an HVM one; what is no number up to 15 is a name already. */
export function deviceName(userdevice: string, hvm: boolean): string {
  if (!/^\d{1,2}$/.test(userdevice) || Number(userdevice) > 15) return userdevice;
  return `${hvm ? 'hd' : 'xvd'}${String.fromCharCode(97 + Number(userdevice))}`;
}
