import { networkBootText, withoutLoader } from '../boot/network-boot.ts';
import type { Capabilities } from '../hosts/capabilities.ts';

/** What follows from what a host can do, for people: nothing where all is as ever. */
export function capabilityLines({ networkBoot }: Capabilities): readonly string[] {
  const text = networkBootText(networkBoot);
  if (text === '') return [];
  return networkBoot === 'hvm-only' ? [text, ...withoutLoader] : [text];
}

/** The same for a script. */
export const capabilitiesJson = (able: Capabilities) => ({
  ...able,
  text: networkBootText(able.networkBoot) || null,
});
