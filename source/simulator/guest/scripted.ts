import { kernelFacts, kernelFindings } from '../../boot/kernel-verdict.ts';
import { ApiError } from '../api-error.ts';
import { traceback } from '../python-fetch.ts';
import { type GuestWorld, runIdle, runInstalled, runInstaller } from './guest.ts';
import type { Boot, Built, Guests } from './guests.ts';

/** Guests that only say and do what a script tells them, and disks of which only the system on them is known. */
export function scriptedGuests(world: GuestWorld): Guests {
  return {
    disks: {
      made: (vdi) => world.disks.set(vdi, { system: null }),
      copied: (vdi, from) => world.disks.set(vdi, world.disks.get(from) ?? { system: null }),
      resized: () => {},
      dropped: (vdi) => world.disks.delete(vdi),
    },
    build: async ({ vm, boot }) => built(world, vm, boot),
  };
}

function built(world: GuestWorld, vm: string, boot: Boot): Built {
  switch (boot.from) {
    case 'hvm':
      return { arch: 'hvm', start: () => runIdle(world) };
    case 'disk': {
      const system = world.disks.get(boot.disk)?.system ?? null;
      if (system === null) throw noKernelOnDisk();
      return { arch: boot.bits === 64 ? 'x64' : 'x32', start: (ends) => runInstalled(world, vm, system, ends) };
    }
    case 'net': {
      const facts = kernelFacts(boot.kernel);
      const { xen } = world.profile;
      const foreign = facts.elf?.bits === 32 && !world.profile.pv32;
      if (foreign || kernelFindings(facts, xen, '').some(({ severity }) => severity === 'error'))
        throw kernelRefused();
      const arch = facts.elf?.bits === 64 ? 'x64' : 'x32';
      return { arch, start: (ends) => runInstaller(world, vm, boot.line, ends) };
    }
  }
}

/** xapi's words for what the domain builder will not take. */
export const kernelRefused = (): ApiError =>
  new ApiError('DOMAIN_BUILDER_ERROR', 'linux_build', '2', 'Invalid kernel');

/** xapi's words for a pygrub that finds nothing. */
export const noKernelOnDisk = (): ApiError =>
  traceback('RuntimeError: Unable to find partition containing kernel', '/usr/bin/pygrub');
