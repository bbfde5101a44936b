import { limits } from '../limits/limits.ts';
import { shortName } from '../text/short-name.ts';
import { formatBytes } from '../text/sizes.ts';
import {
  isNull,
  networkRecord,
  type Ref,
  srRecord,
  type VmRecord,
  vbdRecord,
  vdiRecord,
  vifRecord,
} from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';

/** A disk of a VM. `name` and `sr` may be empty; `bytes`: as the guest sees it. */
export interface DiskDevice {
  readonly device: string;
  readonly name: string;
  readonly bytes: number;
  /** The storage it is on. */
  readonly sr: string;
}

/** The same with what this session calls it. */
export interface KnownDisk extends DiskDevice {
  readonly vdi: Ref;
}

export interface NetworkDevice {
  readonly device: string;
  readonly mac: string;
  readonly network: string;
}

/** What a VM has plugged in, by device; CDs are none of it. */
export interface Devices {
  readonly disks: readonly KnownDisk[];
  readonly networks: readonly NetworkDevice[];
  /** Devices that were not looked at: a VM may have hundreds. */
  readonly unread: number;
}

/** `, "root"`; empty where nobody has named it: the host calls such a disk "0". */
const diskNameText = ({ device, name }: Pick<DiskDevice, 'device' | 'name'>): string =>
  name === '' || name === device ? '' : `, "${shortName(name)}"`;

/** 8 GiB on Local storage, "root" */
export const diskDeviceText = (disk: DiskDevice): string =>
  `${formatBytes(disk.bytes)}${disk.sr === '' ? '' : ` on ${shortName(disk.sr)}`}${diskNameText(disk)}`;

/** 0a:92:28:41:88:e3 on Pool-wide network associated with eth0 */
export const networkDeviceText = ({ mac, network }: NetworkDevice): string =>
  `${mac}${network === '' ? '' : ` on ${shortName(network)}`}`;

/** The same for as long as the VM has the same devices. */
export const deviceKey = ({ VBDs, VIFs }: Pick<VmRecord, 'VBDs' | 'VIFs'>): string => [...VBDs, ...VIFs].join(' ');

/** Three calls a disk and two a network at most, one for what several share. For one VM at a time, not for a fleet. */
export async function readDevices(session: Session, { VBDs, VIFs }: VmRecord): Promise<Devices> {
  const { most } = limits.devices;
  const network = once((ref: Ref) =>
    session.call('network.get_record', [ref], networkRecord).then(({ name_label }) => name_label),
  );
  const disks = placedDisks(session, VBDs.slice(0, most));
  const networks = VIFs.slice(0, most).map(async (vif): Promise<NetworkDevice> => {
    const { device, MAC, network: to } = await session.call('VIF.get_record', [vif], vifRecord);
    return { device, mac: MAC.toLowerCase(), network: isNull(to) ? '' : await network(to) };
  });
  // Awaited together: when the host goes away, both fail.
  const [allDisks, allNetworks] = await Promise.all([disks, Promise.all(networks)]);
  return {
    disks: allDisks,
    networks: allNetworks.sort(byDevice),
    unread: Math.max(0, VBDs.length - most) + Math.max(0, VIFs.length - most),
  };
}

interface Plugged {
  readonly device: string;
}

const byDevice = (a: Plugged, b: Plugged): number => Number(a.device) - Number(b.device);

/** The disks in these drives, each with the name of its storage: one call more for each storage. */
export async function placedDisks(session: Session, drives: readonly Ref[]): Promise<KnownDisk[]> {
  const storage = once((sr: Ref) =>
    session.call('SR.get_record', [sr], srRecord).then(({ name_label }) => name_label),
  );
  const disks = await readDisks(session, drives);
  return Promise.all(disks.map(async ({ SR, ...disk }) => ({ ...disk, sr: isNull(SR) ? '' : await storage(SR) })));
}

/** The disks in these drives, by device, and the storage each is on; CDs and empty drives are none. */
export async function readDisks(
  session: Session,
  drives: readonly Ref[],
): Promise<(Omit<KnownDisk, 'sr'> & { readonly SR: Ref })[]> {
  const disks = drives.map(async (drive) => {
    const { type, VDI, userdevice } = await session.call('VBD.get_record', [drive], vbdRecord);
    if (type !== 'Disk' || isNull(VDI)) return [];
    const { name_label, virtual_size, SR } = await session.call('VDI.get_record', [VDI], vdiRecord);
    return [{ device: userdevice, vdi: VDI, name: name_label, bytes: virtual_size, SR }];
  });
  return (await Promise.all(disks)).flat().sort(byDevice);
}

/** Asks once for each reference. */
function once<T>(ask: (ref: Ref) => Promise<T>): (ref: Ref) => Promise<T> {
  const asked = new Map<Ref, Promise<T>>();
  return (ref) => {
    const answer = asked.get(ref) ?? ask(ref);
    asked.set(ref, answer);
    return answer;
  };
}
