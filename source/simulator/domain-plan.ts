import { deviceName } from './attach.ts';
import { refsOf, text } from './calls/context.ts';
import { nullRef } from './database.ts';
import type { Boot, DomainPlan } from './guest/guests.ts';
import type { World } from './world.ts';

/** Bytes that are kept of a console: a verbose install says 100 kB. */
const consoleSize = 1024 * 1024;

/** A VM's record in what a domain is made of. Empty drives and those of a CD stay away from a PV guest. */
export function domainPlan({ database }: World, vm: string, boot: Boot): DomainPlan {
  const record = database.get('VM', vm);
  const drives = refsOf(record['VBDs']).map((vbd) => database.get('VBD', vbd));
  return {
    vm,
    name: text(record['name_label']),
    memory: Number(record['memory_static_max']),
    vcpus: Number(record['VCPUs_at_startup'] ?? 1),
    macs: refsOf(record['VIFs']).map((vif) => text(database.get('VIF', vif)['MAC'])),
    disks: drives
      .filter((vbd) => vbd['type'] === 'Disk' && vbd['VDI'] !== nullRef)
      .map((vbd) => ({
        vdi: text(vbd['VDI']),
        device: deviceName(text(vbd['userdevice']), false),
        writable: vbd['mode'] === 'RW',
      })),
    boot,
  };
}

/** What a guest says, to be read beside the API: by tests, and by whoever plays with the simulator. */
export function keepConsole({ consoles }: World, vm: string, bytes: Uint8Array): void {
  const all = Buffer.concat([consoles.get(vm) ?? Buffer.alloc(0), bytes]);
  consoles.set(vm, all.subarray(Math.max(0, all.length - consoleSize)));
}
