import { createHash } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import { intOfString } from '../ocaml.ts';
import type { World } from '../world.ts';
import { fieldsOf, text } from './context.ts';

const md5 = (data: string | Buffer): Buffer => createHash('md5').update(data).digest();

/** xapi_vif_helpers.ml:gen_mac: a chain of MD5 over the seed, as long as the device says; locally administered. */
export function macOfSeed(seed: string, device: number): string {
  let hashed: string | Buffer = seed;
  for (let i = 0; i <= device * 2; i += 1) hashed = md5(hashed);
  const [first, second] = [Buffer.from(hashed), md5(hashed)];
  const bytes = [...first.subarray(0, 4), ...second.subarray(1, 3)];
  bytes[0] = ((bytes[0] ?? 0) | 0x02) & 0xfe;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** The MAC a VM's card gets where none is asked for. Errors: MAC_INVALID where the VM has no mac_seed. */
export function generateMac(world: World, vm: string, device: string): string {
  const seed = fieldsOf(world.database.find('VM', vm)?.['other_config'])['mac_seed'];
  if (seed === undefined) throw new ApiError('MAC_INVALID', '');
  return macOfSeed(text(seed), intOfString(device));
}
