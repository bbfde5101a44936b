import { networkBootText, withoutLoader } from '../boot/network-boot.ts';
import type { Capabilities } from '../hosts/capabilities.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';

/**
 * Before anything is written: whatever is armed on a host without eliloader could not be started there. xapi names the
 * loader among its bootloaders all the same. Exit 8.
 */
export function refuseWithoutLoader(name: string, { networkBoot }: Capabilities): void {
  if (networkBoot !== 'hvm-only') return;
  fail({
    code: 'no-eliloader',
    exit: exit.refused,
    message: `${name}: ${networkBootText(networkBoot)}`,
    cause: 'Armed here it could not be started, and its disk would not boot either until it is set back.',
    try: withoutLoader,
  });
}
