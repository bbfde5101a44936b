import { type Devices, deviceKey } from '../../../hosts/devices.ts';
import { limits } from '../../../limits/limits.ts';
import type { DiskNews } from '../../../watch/disks.ts';
import type { Install } from '../../../watch/install.ts';
import type { Ref } from '../../../xapi/records.ts';

/** The devices of the VMs whose details were looked at; those of a whole fleet are never asked for. */
export interface KnownDevices {
  readonly byVm: ReadonlyMap<Ref, Known>;
  /** The VM that was asked for last; null: its answer is there. */
  readonly asked: { readonly vm: Ref; readonly key: string; readonly problem: string | null } | null;
}

interface Known {
  readonly key: string;
  readonly devices: Devices;
  /** They are still shown, and read anew once somebody looks. */
  readonly doubtful: boolean;
}

export const noDevices: KnownDevices = { byVm: new Map(), asked: null };

/** What is known of a VM's devices: they, or why they are not there yet. */
export type DevicesSeen = Devices | { readonly unknown: string } | null;

/** Null: they are being read. */
export function devicesOf({ byVm, asked }: KnownDevices, { vm }: Install): DevicesSeen {
  const known = byVm.get(vm.ref);
  if (known?.key === deviceKey(vm.record)) return known.devices;
  return asked?.vm === vm.ref && asked.problem !== null ? { unknown: asked.problem } : null;
}

/** The same with this VM asked for; null: that is not needed, or was done. */
export function asking(known: KnownDevices, { vm }: Install): KnownDevices | null {
  const key = deviceKey(vm.record);
  const before = known.byVm.get(vm.ref);
  if (before?.key === key && !before.doubtful) return null;
  if (known.asked?.vm === vm.ref && known.asked.key === key) return null;
  return { ...known, asked: { vm: vm.ref, key, problem: null } };
}

/** Those of the VMs that were looked at last are kept. */
export function answered({ byVm, asked }: KnownDevices, vm: Ref, key: string, devices: Devices): KnownDevices {
  const kept = [...byVm].filter(([ref]) => ref !== vm).slice(-limits.devices.kept + 1);
  return {
    byVm: new Map([...kept, [vm, { key, devices, doubtful: false }]]),
    asked: asked?.vm === vm ? null : asked,
  };
}

export const unanswered = ({ byVm, asked }: KnownDevices, vm: Ref, problem: string): KnownDevices => ({
  byVm,
  asked: asked?.vm === vm ? { ...asked, problem } : asked,
});

/**
 * The same after the host has told of a disk: its new size and name are the host's own, nothing is read for them. A VM
 * keeps its drives when one of them gets another disk: those that held what is gone are read anew.
 */
export function toldOfDisk(known: KnownDevices, news: DiskNews): KnownDevices {
  const concerned = [...known.byVm].flatMap(([vm, before]): [Ref, Known][] => {
    const after = afterNews(before, news);
    return after === before ? [] : [[vm, after]];
  });
  return concerned.length === 0 ? known : { ...known, byVm: new Map([...known.byVm, ...concerned]) };
}

function afterNews(before: Known, news: DiskNews): Known {
  if (news.type === 'all') return { ...before, doubtful: true };
  const { devices } = before;
  const disk = devices.disks.find(({ vdi }) => vdi === news.disk);
  if (disk === undefined) return before;
  if (news.type === 'gone') return { ...before, doubtful: true };
  const { name, bytes } = news;
  if (disk.name === name && disk.bytes === bytes) return before;
  const disks = devices.disks.map((one) => (one === disk ? { ...one, name, bytes } : one));
  return { ...before, devices: { ...devices, disks } };
}
