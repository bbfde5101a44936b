import { kernelFacts, kernelFindings } from '../boot/kernel-verdict.ts';
import { ApiError } from './api-error.ts';
import { fieldsOf, refsOf, text } from './calls/context.ts';
import { hostTime } from './clock.ts';
import { nullRef } from './database.ts';
import { eliloader } from './eliloader.ts';
import { runIdle, runInstalled, runInstaller } from './guest/guest.ts';
import { traceback } from './python-fetch.ts';
import type { Domain, World } from './world.ts';

/** The hypervisor of XenServer 5.6. */
const xen = { major: 3, minor: 4 };

type Kernel =
  | { readonly from: 'net' }
  | { readonly from: 'disk'; readonly system: string }
  | { readonly from: 'hvm' };

/**
 * Builds and starts a domain from the record as it is now: bootloader, domain builder, guest. Used by start and by
 * every reboot. When it throws, no domain is there; what the bootloader has switched stays switched.
 */
export async function buildDomain(world: World, vm: string, signal: AbortSignal): Promise<void> {
  const kernel = await findKernel(world, vm, signal);
  const { database } = world;
  const record = database.get('VM', vm);
  database.set('VM', vm, 'domid', world.nextDomid());
  database.set('VM', vm, 'resident_on', world.host);
  const metrics = text(record['metrics']);
  database.set('VM_metrics', metrics, 'start_time', hostTime(world.clock.now()));
  database.set('VM_metrics', metrics, 'memory_actual', record['memory_static_max'] ?? 0);
  database.set('VM_metrics', metrics, 'VCPUs_number', record['VCPUs_at_startup'] ?? 1);
  database.set('VM_metrics', metrics, 'state', []);
  const address = text(database.get('host', world.host)['address']);
  database.create('console', { VM: vm, protocol: 'rfb', location: `https://${address}/console?ref=${vm}` });
  database.set('VM', vm, 'power_state', 'Running');
  world.domains.set(vm, startGuest(world, vm, kernel));
}

function startGuest(world: World, vm: string, kernel: Kernel): Domain {
  if (kernel.from === 'hvm') return runIdle();
  if (kernel.from === 'disk') return runInstalled(world, vm, kernel.system);
  const after = (field: string, fallback: string) => {
    const wish = text(world.database.get('VM', vm)[field]);
    endDomain(world, vm);
    if (wish === fallback) return;
    buildDomain(world, vm, world.stopped).catch(() => endDomain(world, vm));
  };
  return runInstaller(world, vm, text(world.database.get('VM', vm)['PV_args']), {
    reboot: () => after('actions_after_reboot', 'destroy'),
    halt: () => endDomain(world, vm),
    crash: () => after('actions_after_crash', 'destroy'),
  });
}

/** The domain is gone: consoles, guest metrics and place with it. */
export function endDomain(world: World, vm: string): void {
  world.domains.get(vm)?.stop();
  world.domains.delete(vm);
  const { database } = world;
  const record = database.find('VM', vm);
  if (record === undefined) return;
  for (const console of refsOf(record['consoles'])) database.destroy('console', console);
  const guest = text(record['guest_metrics']);
  if (guest !== nullRef && database.find('VM_guest_metrics', guest)) database.destroy('VM_guest_metrics', guest);
  database.set('VM', vm, 'guest_metrics', nullRef);
  database.set('VM', vm, 'domid', -1);
  database.set('VM', vm, 'resident_on', nullRef);
  database.set('VM', vm, 'power_state', 'Halted');
}

async function findKernel(world: World, vm: string, signal: AbortSignal): Promise<Kernel> {
  const record = world.database.get('VM', vm);
  if (record['HVM_boot_policy'] !== '') return { from: 'hvm' };
  const loader = text(record['PV_bootloader']);
  if (loader === '') throw new ApiError('BOOTLOADER_FAILED', vm, `Could not read file: ${text(record['PV_kernel'])}`);
  if (loader !== 'eliloader' && loader !== 'pygrub') throw new ApiError('UNKNOWN_BOOTLOADER', vm, loader);
  const disk = bootableDisk(world, vm);
  if (loader === 'pygrub') return pygrub(world, disk);
  const { kernel } = await eliloader(fieldsOf(record['other_config']), signal);
  world.database.set('VM', vm, 'PV_bootloader', 'pygrub');
  world.database.removeKey('VM', vm, 'other_config', 'install-round');
  world.database.removeKey('VM', vm, 'other_config', 'install-distro');
  const findings = kernelFindings(kernelFacts(kernel), xen, '');
  if (findings.some((finding) => finding.severity === 'error')) {
    throw new ApiError('DOMAIN_BUILDER_ERROR', 'linux_build', '2', 'Invalid kernel');
  }
  return { from: 'net' };
}

function bootableDisk(world: World, vm: string): string {
  const disks = refsOf(world.database.get('VM', vm)['VBDs'])
    .map((vbd) => world.database.get('VBD', vbd))
    .filter((vbd) => vbd['type'] === 'Disk' && vbd['bootable'] === true && vbd['VDI'] !== nullRef);
  if (disks.length === 1) return text(disks[0]?.['VDI']);
  const problem = disks.length === 0 ? 'no bootable disk' : `too many bootable disks (${disks.length} disks)`;
  throw new ApiError('BOOTLOADER_FAILED', vm, `Error from bootloader: ${problem}`);
}

function pygrub(world: World, disk: string): Kernel {
  const system = world.disks.get(disk)?.system ?? null;
  if (system !== null) return { from: 'disk', system };
  throw traceback('RuntimeError: Unable to find partition containing kernel', '/usr/bin/pygrub');
}
