import { ApiError } from './api-error.ts';
import { fieldsOf, refsOf, text } from './calls/context.ts';
import { nullRef } from './database.ts';
import { eliloader } from './eliloader.ts';
import type { Boot } from './guest/guests.ts';
import { loaderLine } from './loader-line.ts';
import type { World } from './world.ts';

/**
 * What a domain that is being built will run, by its bootloader (vmops.ml:create_kernel). When it throws, nothing is
 * switched; when it returns, eliloader has switched to pygrub, whatever the domain builder says of its kernel.
 */
export async function findBoot(world: World, vm: string, signal: AbortSignal): Promise<Boot> {
  const record = { ...world.database.get('VM', vm) };
  if (record['HVM_boot_policy'] !== '') return { from: 'hvm' };
  const loader = text(record['PV_bootloader']);
  if (loader === '') throw new ApiError('BOOTLOADER_FAILED', vm, `Could not read file: ${text(record['PV_kernel'])}`);
  if (loader !== 'eliloader' && loader !== 'pygrub') throw new ApiError('UNKNOWN_BOOTLOADER', vm, loader);
  const disk = bootableDisk(world, vm);
  const words = fieldsOf(record['other_config']);
  if (loader === 'pygrub') {
    return { from: 'disk', disk, line: text(record['PV_args']), bits: words['install-arch'] === 'amd64' ? 64 : 32 };
  }
  const { line } = loaderLine(record, disk);
  const { kernel, initrd, args } = await eliloader(words, signal);
  world.database.set('VM', vm, 'PV_bootloader', 'pygrub');
  world.database.removeKey('VM', vm, 'other_config', 'install-round');
  world.database.removeKey('VM', vm, 'other_config', 'install-distro');
  return { from: 'net', kernel, initrd, line: line + args };
}

/** Every bootable VBD that is not empty counts, a CD as much as a disk (helpers.ml:boot_method_of_vm). */
function bootableDisk(world: World, vm: string): string {
  const disks = refsOf(world.database.get('VM', vm)['VBDs'])
    .map((vbd) => world.database.get('VBD', vbd))
    .filter((vbd) => vbd['bootable'] === true && vbd['VDI'] !== nullRef);
  if (disks.length === 1) return text(disks[0]?.['VDI']);
  const problem = disks.length === 0 ? 'no bootable disk' : `too many bootable disks (${disks.length} disks)`;
  throw new ApiError('BOOTLOADER_FAILED', vm, `Error from bootloader: ${problem}`);
}
