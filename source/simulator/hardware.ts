import { nullRef } from './database.ts';
import type { Profile } from './releases/profile.ts';
import type { Fields } from './types.ts';
import type { EmptyWorld } from './world.ts';

// What xapi finds in the machine and writes down at each of its starts (create_misc.ml, xapi_pif.ml, xapi_sm.ml,
// license.ml of xen-api@030a348661): processors, network cards, storage plug-ins, the licence.

const mib = 1024 ** 2;

const processors = 4;
const flags =
  'fpu de tsc msr pae mce cx8 apic sep mtrr mca cmov pat clflush acpi mmx fxsr sse sse2 ss ht nx constant_tsc pni vmx est ssse3 sse4_1 sse4_2 popcnt';
const features = '009ce3bd-bfebfbff-00000001-28100800';

const laterFeatures = '17c9cbf5-f6f83203-2191cbf5-00000023-00000001-00000329';

const cpu = {
  vendor: 'GenuineIntel',
  modelname: 'Intel(R) Xeon(R) CPU           E5504  @ 2.00GHz',
  stepping: '5',
  flags,
};

/** What a processor can do: one word of it in 5.6, four sets of them from 7.0 on. */
const featuresOf = ({ has }: Profile): Fields =>
  has('dundee')
    ? {
        features_pv: laterFeatures,
        features_hvm: laterFeatures,
        ...(has('stockholm') ? { features_hvm_host: laterFeatures, features_pv_host: laterFeatures } : {}),
      }
    : { features, features_after_reboot: features, physical_features: features, maskable: 'no' };

/** host.cpu_info and a host_cpu for each processor. */
export function addProcessors({ database, profile }: EmptyWorld, host: string): void {
  database.set('host', host, 'cpu_info', {
    cpu_count: String(processors),
    ...(profile.has('clearwater') ? { socket_count: '1' } : {}),
    vendor: cpu.vendor,
    speed: '1995.078',
    modelname: cpu.modelname,
    family: '6',
    model: '26',
    stepping: cpu.stepping,
    flags,
    ...featuresOf(profile),
  });
  for (let number = 0; number < processors; number += 1) {
    database.create('host_cpu', { ...cpu, host, number, speed: 1995, family: 6, model: 26 });
  }
}

export interface Card {
  readonly device: string;
  readonly MAC: string;
  readonly network: string;
  /** The address of the host on it, if that is how it is reached. */
  readonly address?: string;
}

/** A network card of the machine and the measurements of its link. */
export function addCard(
  { database, profile }: EmptyWorld,
  host: string,
  { device, MAC, network, address }: Card,
): string {
  const number = Number(device.replace(/^\D+/, ''));
  const metrics = database.create('PIF_metrics', {
    carrier: true,
    vendor_id: '14e4',
    vendor_name: 'Broadcom Corporation',
    device_id: '1639',
    device_name: 'NetXtreme II BCM5709 Gigabit Ethernet',
    speed: 1000,
    duplex: true,
    pci_bus_path: `0000:01:00.${number}`,
  });
  const reached = { management: true, ip_configuration_mode: 'Static', IP: address ?? '', netmask: '255.255.255.0' };
  return database.create('PIF', {
    ...{ host, network, device, MAC, metrics },
    MTU: 1500,
    VLAN: -1,
    physical: true,
    currently_attached: true,
    ...(profile.has('creedence') ? { properties: { gro: 'on' } } : {}),
    ...(address === undefined ? {} : reached),
  });
}

/** Storage plug-ins by the type of SR they are for: file, what they are called, what they can do. */
const vhd = ['SR_PROBE', 'SR_UPDATE', 'VDI_CREATE', 'VDI_DELETE', 'VDI_ATTACH', 'VDI_DETACH', 'VDI_CLONE'];
const lvhd = [...vhd, 'VDI_SNAPSHOT', 'VDI_RESIZE', 'VDI_RESIZE_ONLINE'];
const plugins: Readonly<Record<string, readonly [file: string, name: string, capabilities: readonly string[]]>> = {
  ext: ['EXTSR', 'Local EXT3 VHD', [...vhd, 'VDI_SNAPSHOT', 'VDI_RESIZE']],
  iso: ['ISOSR', 'ISO', ['VDI_INTRODUCE', 'VDI_ATTACH', 'VDI_DETACH', 'SR_SCAN', 'SR_ATTACH', 'SR_DETACH']],
  lvm: ['LVHDSR', 'Local VHD on LVM', lvhd],
  lvmohba: ['LVHDoHBASR', 'LVHD over FC', lvhd],
  lvmoiscsi: ['LVHDoISCSISR', 'LVHD over iSCSI', lvhd],
  nfs: ['NFSSR', 'NFS VHD', [...vhd, 'VDI_SNAPSHOT', 'VDI_RESIZE']],
  udev: ['udevSR', 'udev', ['VDI_INTRODUCE', 'VDI_ATTACH', 'VDI_DETACH']],
};

export function addPlugins({ database, profile }: EmptyWorld): void {
  for (const [type, [file, name, capabilities]] of Object.entries(plugins)) {
    database.create('SM', {
      type,
      name_label: name,
      name_description: `SR plugin which represents disks as ${name}`,
      vendor: 'Citrix Systems Inc',
      copyright: '(C) 2008 Citrix Systems Inc',
      version: '1.0',
      required_api_version: '1.0',
      capabilities,
      ...(profile.has('clearwater') ? { features: Object.fromEntries(capabilities.map((one) => [one, '1'])) } : {}),
      driver_filename: `/opt/xensource/sm/${file}`,
    });
  }
}

/** What an operation on an SR takes of its plug-in; what is not listed takes nothing (xapi_sr.ml:sm_cap_table). */
const takes: Readonly<Record<string, string>> = {
  vdi_create: 'VDI_CREATE',
  vdi_destroy: 'VDI_DELETE',
  vdi_resize: 'VDI_RESIZE',
  vdi_introduce: 'VDI_INTRODUCE',
  vdi_snapshot: 'VDI_SNAPSHOT',
  update: 'SR_UPDATE',
};
const storageOperations = [
  ...['forget', 'vdi_introduce', 'vdi_create', 'vdi_snapshot', 'plug', 'update', 'destroy'],
  ...['vdi_destroy', 'scan', 'vdi_clone', 'vdi_resize', 'unplug'],
];
/** In 22.31, of an SR that is plugged in: so nobody destroys or forgets it. */
const laterStorageOperations = [
  ...['vdi_introduce', 'unplug', 'plug', 'pbd_create', 'update', 'pbd_destroy'],
  ...['vdi_resize', 'vdi_clone', 'scan', 'vdi_snapshot', 'vdi_create', 'vdi_destroy'],
];

/** allowed_operations of an SR of this type; nothing is made or destroyed on that of the tools. */
export function operationsOn({ has }: Profile, type: string, tools: boolean): string[] {
  const all = has('creedence') ? laterStorageOperations : storageOperations;
  const can = plugins[type]?.[2].filter((one) => !(tools && ['VDI_CREATE', 'VDI_DELETE'].includes(one))) ?? [];
  return all.filter((operation) => {
    const needed = takes[operation];
    return needed === undefined || can.includes(needed);
  });
}

/** What XenServer's free edition does not have is restricted (features.ml). */
const restrictions: Fields = {
  restrict_vlan: 'false',
  restrict_qos: 'false',
  restrict_pool_attached_storage: 'false',
  restrict_netapp: 'true',
  restrict_equalogic: 'true',
  restrict_pooling: 'false',
  enable_xha: 'false',
  restrict_marathon: 'true',
  restrict_email_alerting: 'true',
  restrict_historical_performance: 'true',
  restrict_wlb: 'true',
  restrict_rbac: 'true',
  restrict_dmc: 'true',
  restrict_checkpoint: 'true',
  restrict_vswitch_controller: 'true',
  restrict_cpu_masking: 'true',
  restrict_connection: 'false',
  platform_filter: 'false',
  regular_nag_dialog: 'true',
};

/** The licence of a free host, as it was activated for a year; the pool may do what all its hosts may. */
export function addLicence({ database, profile }: EmptyWorld, host: string, pool: string, expiry: string): void {
  const nobody = ['name', 'company', 'address1', 'address2', 'city', 'state', 'postalcode', 'country'];
  database.set('host', host, 'license_params', {
    sku_type: 'free',
    version: profile.version,
    serialnumber: '',
    sockets: '1',
    productcode: '',
    expiry,
    grace: 'no',
    ...Object.fromEntries(nobody.map((key) => [key, ''])),
    sku_marketing_name: 'Citrix XenServer',
    ...restrictions,
  });
  database.set('pool', pool, 'restrictions', restrictions);
}

/** What dom0 has of the machine: all its memory limits are one, and it has a VCPU for each processor. */
export const dom0Size = (host: string): Fields => {
  const memory = 752 * mib;
  return {
    affinity: host,
    memory_target: memory,
    memory_static_min: memory,
    memory_static_max: memory,
    memory_dynamic_min: memory,
    memory_dynamic_max: memory,
    VCPUs_max: processors,
    VCPUs_at_startup: processors,
    suspend_VDI: nullRef,
  };
};

/** dom0's metrics count its VCPUs from one (create_misc.ml:mkints). */
export const dom0Metrics = ({ database, profile }: EmptyWorld): string =>
  database.create('VM_metrics', {
    ...(profile.has('kolkata') ? { current_domain_type: 'pv' } : {}),
    memory_actual: 752 * mib,
    VCPUs_number: processors,
    VCPUs_utilisation: Object.fromEntries(Array.from({ length: processors }, (_, i) => [String(i + 1), 0])),
  });
