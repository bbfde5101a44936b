import { ApiError } from './api-error.ts';
import { fieldsOf, refsOf, text } from './calls/context.ts';
import { nullRef } from './database.ts';
import { eliloader } from './eliloader.ts';
import type { Boot } from './guest/guests.ts';
import { loaderLine } from './loader-line.ts';
import type { Fields } from './types.ts';
import type { World } from './world.ts';

/**
 * What a domain that is being built will run, by its bootloader (vmops.ml:create_kernel). When it throws, nothing is
 * switched; when it returns, eliloader has switched to pygrub, whatever the domain builder says of its kernel.
 */
export async function findBoot(world: World, vm: string, signal: AbortSignal): Promise<Boot> {
  const record = { ...world.database.get('VM', vm) };
  if (record['HVM_boot_policy'] !== '') return { from: 'hvm' };
  const { loader: generation, has } = world.profile;
  const loader = text(record['PV_bootloader']);
  if (loader === '') {
    if (has('tampa')) throw new ApiError('DOMAIN_BUILDER_ERROR', 'linux_build', '2', 'No such file or directory');
    throw new ApiError('BOOTLOADER_FAILED', vm, `Could not read file: ${text(record['PV_kernel'])}`);
  }
  if (loader !== 'eliloader' && loader !== 'pygrub') throw new ApiError('UNKNOWN_BOOTLOADER', vm, loader);
  const disk = bootableDisk(world, vm);
  const words = fieldsOf(record['other_config']);
  if (loader === 'pygrub') {
    return { from: 'disk', disk, line: text(record['PV_args']), bits: words['install-arch'] === 'amd64' ? 64 : 32 };
  }
  if (generation === 'none') throw new ApiError('NO_BOOTLOADER');
  const { line } = loaderLine(record, disk, generation);
  const { kernel, initrd, args } = await eliloader(words, { generation, limits: limits(record) }, signal);
  world.database.set('VM', vm, 'PV_bootloader', 'pygrub');
  world.database.removeKey('VM', vm, 'other_config', 'install-round');
  world.database.removeKey('VM', vm, 'other_config', 'install-distro');
  if (generation < 2016) return { from: 'net', kernel, initrd, line: line + args };
  const all = [args.trim(), text(record['PV_legacy_args']), text(record['PV_args'])];
  return { from: 'net', kernel, initrd, line: all.filter((words) => words !== '').join(' ') };
}

const mib = 1024 ** 2;

/** How large kernel and initrd may be, in bytes; a VM's platform may say otherwise. */
function limits(vm: Fields): { kernel: number; initrd: number } {
  const platform = fieldsOf(vm['platform']);
  const most = (key: string, usual: number): number => Number(platform[key] ?? usual);
  return { kernel: most('pv-kernel-max-size', 32 * mib), initrd: most('pv-ramdisk-max-size', 128 * mib) };
}

/**
 * Every bootable VBD that is not empty counts, a CD as much as a disk (helpers.ml:boot_method_of_vm). Of several, the
 * first is taken from 6.1 on (xenops_server_xen.ml).
 */
function bootableDisk(world: World, vm: string): string {
  const disks = refsOf(world.database.get('VM', vm)['VBDs'])
    .map((vbd) => world.database.get('VBD', vbd))
    .filter((vbd) => vbd['bootable'] === true && vbd['VDI'] !== nullRef);
  const [first] = disks;
  if (first !== undefined && (disks.length === 1 || world.profile.has('tampa'))) return text(first['VDI']);
  if (world.profile.has('tampa')) throw new ApiError('INTERNAL_ERROR', 'there is no bootable device');
  const problem = disks.length === 0 ? 'no bootable disk' : `too many bootable disks (${disks.length} disks)`;
  throw new ApiError('BOOTLOADER_FAILED', vm, `Error from bootloader: ${problem}`);
}
