import { kernelFacts, kernelFindings } from '../boot/kernel-verdict.ts';
import { ApiError } from './api-error.ts';
import { fieldsOf, refsOf, text } from './calls/context.ts';
import { nullRef } from './database.ts';
import { eliloader } from './eliloader.ts';
import { loaderLine } from './loader-line.ts';
import { traceback } from './python-fetch.ts';
import type { World } from './world.ts';

/** The hypervisor of XenServer 5.6. */
const xen = { major: 3, minor: 4 };

/** What a domain runs, and VM.domarch. */
export type Kernel =
  | { readonly from: 'net'; readonly domarch: string; readonly line: string }
  | { readonly from: 'disk'; readonly domarch: string; readonly system: string }
  | { readonly from: 'hvm'; readonly domarch: 'hvm' };

/**
 * The kernel of a domain that is being built: by its bootloader, then past the domain builder (vmops.ml:create_kernel).
 * When it throws, what the bootloader has switched stays switched.
 */
export async function findKernel(world: World, vm: string, signal: AbortSignal): Promise<Kernel> {
  const record = { ...world.database.get('VM', vm) };
  if (record['HVM_boot_policy'] !== '') return { from: 'hvm', domarch: 'hvm' };
  const loader = text(record['PV_bootloader']);
  if (loader === '') throw new ApiError('BOOTLOADER_FAILED', vm, `Could not read file: ${text(record['PV_kernel'])}`);
  if (loader !== 'eliloader' && loader !== 'pygrub') throw new ApiError('UNKNOWN_BOOTLOADER', vm, loader);
  const disk = bootableDisk(world, vm);
  const words = fieldsOf(record['other_config']);
  if (loader === 'pygrub') return pygrub(world, disk, words['install-arch'] === 'amd64' ? 'x64' : 'x32');
  const { line } = loaderLine(record, disk);
  const loaded = await eliloader(words, signal);
  world.database.set('VM', vm, 'PV_bootloader', 'pygrub');
  world.database.removeKey('VM', vm, 'other_config', 'install-round');
  world.database.removeKey('VM', vm, 'other_config', 'install-distro');
  const facts = kernelFacts(loaded.kernel);
  if (kernelFindings(facts, xen, '').some((finding) => finding.severity === 'error')) {
    throw new ApiError('DOMAIN_BUILDER_ERROR', 'linux_build', '2', 'Invalid kernel');
  }
  return { from: 'net', domarch: facts.elf?.bits === 64 ? 'x64' : 'x32', line: line + loaded.args };
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

function pygrub(world: World, disk: string, domarch: string): Kernel {
  const system = world.disks.get(disk)?.system ?? null;
  if (system !== null) return { from: 'disk', domarch, system };
  throw traceback('RuntimeError: Unable to find partition containing kernel', '/usr/bin/pygrub');
}
