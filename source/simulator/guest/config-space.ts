/** What the classes of one host make of its install. */
export interface HostClasses {
  /** How many times longer its packages take: the mirror that its sources.list names is far away. */
  readonly slow: number;
  /** The task that ends the install, and with which code; null: none does. */
  readonly fails: { readonly task: string; readonly code: number } | null;
}

const plain: HostClasses = { slow: 1, fails: null };

/** Host by host, as `class/50-host-classes` of the config space on this world's FAI server tells them apart. */
const hosts: ReadonlyMap<string, HostClasses> = new Map([
  ['far01', { ...plain, slow: 12 }],
  // Its disk_config wants two disks for a RAID, and a VM of this host has one: setup-storage ends with 710.
  ['raid01', { ...plain, fails: { task: 'partition', code: 710 } }],
]);

export const classesOf = (hostname: string): HostClasses => hosts.get(hostname) ?? plain;
