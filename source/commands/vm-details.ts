import { reasonText } from '../boot/missing.ts';
import type { BootRules } from '../boot/releases.ts';
import { type Devices, diskDeviceText, networkDeviceText } from '../hosts/devices.ts';
import type { Vm } from '../hosts/vm.ts';
import { counted } from '../text/counted.ts';
import { formatBytes } from '../text/sizes.ts';
import { type VmItem, vmItem } from './vm-json.ts';

/** A VM with all that it has, for whoever asks about it by its name. */
export const detailedItem = (vm: Vm, rules: BootRules, { disks, networks, unread }: Devices): VmItem => ({
  ...vmItem(vm, rules),
  memory: vm.record.memory_static_max,
  vcpus: vm.record.VCPUs_max,
  disks: disks.map(({ vdi: _, ...disk }) => disk),
  networks,
  ...(unread === 0 ? {} : { notes: [unreadText(unread)] }),
});

/** The same below its row: what it lacks, then what an install would erase. */
export function detailLines({
  reasons = [],
  memory,
  vcpus,
  disks = [],
  networks = [],
  notes = [],
}: VmItem): string[] {
  if (memory === undefined || vcpus === undefined) return [];
  return [
    ...reasons.map((reason) => ['missing', reasonText(reason)]),
    ...disks.map((disk) => [`disk ${disk.device}`, diskDeviceText(disk)]),
    ...networks.map((network) => [`network ${network.device}`, networkDeviceText(network)]),
    ['memory', `${formatBytes(memory)}, ${counted(vcpus, 'VCPU')}`],
    ...notes.map((note) => ['', note]),
  ].map(([label = '', text = '']) => `  ${label.padEnd(12)}${text}`);
}

const unreadText = (count: number): string => `${counted(count, 'more device')} not looked at`;
