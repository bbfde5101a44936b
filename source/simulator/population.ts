import { bootRecord } from './boot-record.ts';
import { fieldsOf, text } from './calls/context.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { hostTime } from './clock.ts';
import { nullRef } from './database.ts';
import templates from './datamodel-5.6/templates.json' with { type: 'json' };
import { addCard, addLicence, addPlugins, addProcessors, dom0Metrics, dom0Size, operationsOn } from './hardware.ts';
import { diskSize, newMetrics, type Site } from './populate-vms.ts';
import type { Fields } from './types.ts';
import type { EmptyWorld, World } from './world.ts';

const gib = 1024 ** 3;

const machine = {
  'bios-vendor': 'Dell Inc.',
  'bios-version': '1.5.3',
  'system-manufacturer': 'Dell Inc.',
  'system-product-name': 'PowerEdge R410',
  'system-version': '',
  'system-serial-number': '',
  'hp-rombios': '',
};

/** One standalone 5.6.0 host as it is after installation, with room for so many VMs: pool, storage, networks, dom0. */
export function populateHost(world: EmptyWorld, address: string, vms = 0): Site {
  const { database } = world;
  const now = hostTime(world.clock.now());
  const seconds = Math.floor(world.clock.now().getTime() / 1000);
  const metrics = database.create('host_metrics', {
    memory_total: 64 * gib,
    memory_free: 62 * gib,
    live: true,
    last_updated: now,
  });
  const host = database.create('host', {
    name_label: 'xvm03',
    name_description: 'Default install of XenServer',
    hostname: 'xvm03',
    address,
    enabled: true,
    API_version_major: 1,
    API_version_minor: 7,
    API_version_vendor: 'XenSource',
    software_version: {
      product_version: '5.6.0',
      product_brand: 'XenServer',
      build_number: '31188p',
      hostname: 'xvm03',
      date: '2010-05-21',
      dbv: '2010.0521',
      xapi: '1.3',
      xen: '3.4.2',
      linux: '2.6.27.42-0.1.1.xs5.6.0.44.111158xen',
      xencenter_min: '1.7',
      xencenter_max: '1.7',
    },
    capabilities: ['xen-3.0-x86_64', 'xen-3.0-x86_32p', 'hvm-3.0-x86_32', 'hvm-3.0-x86_32p', 'hvm-3.0-x86_64'],
    supported_bootloaders: ['pygrub', 'eliloader'],
    edition: 'free',
    sched_policy: 'credit',
    allowed_operations: ['vm_migrate', 'provision', 'vm_resume', 'evacuate', 'vm_start'],
    other_config: { agent_start_time: `${seconds}.`, boot_time: `${seconds - 120}.` },
    bios_strings: machine,
    metrics,
    local_cache_sr: nullRef,
  });
  addProcessors(world, host);
  addPlugins(world);
  const room = Math.max(400 * gib, 2 * vms * diskSize);
  const localStorage = storage(world, host, {
    name_label: 'Local storage',
    type: 'lvm',
    content_type: 'user',
    physical_size: room,
    device_config: { device: '/dev/disk/by-id/scsi-36842b2b0049f8e0013a2e4b80b5e5f5a-part3' },
  });
  storage(world, host, {
    name_label: 'DVD drives',
    name_description: 'Physical DVD drives',
    type: 'udev',
    content_type: 'iso',
    sm_config: { type: 'cd' },
    device_config: { location: '/dev/xapi/cd' },
  });
  storage(world, host, {
    name_label: 'Removable storage',
    name_description: '',
    type: 'udev',
    content_type: 'disk',
    sm_config: { type: 'block' },
    device_config: { location: '/dev/xapi/block' },
  });
  const tools = storage(world, host, {
    name_label: 'XenServer Tools',
    name_description: 'XenServer Tools ISOs',
    type: 'iso',
    content_type: 'iso',
    physical_size: 128 * 1024 ** 2,
    other_config: { xenserver_tools_sr: 'true', xensource_internal: 'true' },
    device_config: { location: '/opt/xensource/packages/iso', legacy_mode: 'true' },
  });
  database.create('VDI', {
    name_label: 'xs-tools.iso',
    name_description: 'XenServer Tools ISO images',
    SR: tools,
    virtual_size: 55_000_000,
    physical_utilisation: 55_000_000,
    type: 'user',
    read_only: true,
    managed: true,
    location: 'xs-tools-5.6.0.iso',
    sm_config: { 'xs-tools': 'true', 'xs-tools-version': '5.6.0' },
  });
  const [network = ''] = ['eth0', 'eth1'].map((device, i) => {
    const name_label = `Pool-wide network associated with ${device}`;
    const joined = database.create('network', { name_label, bridge: `xenbr${i}` });
    const card = { device, MAC: `00:1e:c9:aa:bb:0${i + 1}`, network: joined };
    addCard(world, host, i === 0 ? { ...card, address } : card);
    return joined;
  });
  database.create('network', {
    name_label: 'Host internal management network',
    name_description:
      'Network on which guests will be assigned a private link-local IP address which can be used to talk XenAPI',
    bridge: 'xenapi',
    other_config: {
      is_guest_installer_network: 'true',
      is_host_internal_management_network: 'true',
      ip_begin: '169.254.0.1',
      ip_end: '169.254.255.254',
      netmask: '255.255.0.0',
    },
  });
  const pool = database.create('pool', { name_label: '', master: host, default_SR: localStorage });
  const year = 365 * 24 * 3600 * 1000;
  addLicence(world, host, pool, hostTime(new Date(world.clock.now().getTime() + year)));
  controlDomain(world, host, address);
  return { host, localStorage, network };
}

/** An SR and the PBD by which the host has it. A disc's SR is as full as it is large. */
function storage(world: EmptyWorld, host: string, { device_config = {}, ...fields }: Fields): string {
  const sr = world.database.create('SR', {
    ...fields,
    physical_utilisation: fields['content_type'] === 'iso' ? (fields['physical_size'] ?? 0) : 0,
    shared: false,
    allowed_operations: operationsOn(text(fields['type']), 'xenserver_tools_sr' in fieldsOf(fields['other_config'])),
  });
  world.database.create('PBD', { host, SR: sr, device_config, currently_attached: true });
  return sr;
}

function controlDomain(world: EmptyWorld, host: string, address: string): void {
  const { database } = world;
  const vm = database.create('VM', {
    name_label: 'Control domain on host: xvm03',
    name_description: 'The domain which manages physical devices and manages other domains',
    is_control_domain: true,
    user_version: 1,
    power_state: 'Running',
    resident_on: host,
    domid: 0,
    domarch: 'x32',
    actions_after_shutdown: 'destroy',
    actions_after_reboot: 'destroy',
    actions_after_crash: 'destroy',
    metrics: dom0Metrics(world),
    ...dom0Size(host),
  });
  database.create('console', { VM: vm, protocol: 'rfb', location: `https://${address}/console?ref=${vm}` });
  database.set('VM', vm, 'last_booted_record', bootRecord(database.get('VM', vm)));
}

/** The 65 templates a 5.6.0 host ships, in the order create_templates.ml makes them. */
export function populateTemplates(world: World): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const template of templates) {
    const ref = world.database.create('VM', {
      name_label: template.name,
      name_description: template.description,
      user_version: template.userVersion,
      is_a_template: true,
      power_state: 'Halted',
      PV_bootloader: template.pv.bootloader,
      PV_args: template.pv.args,
      PV_kernel: template.pv.kernel,
      PV_ramdisk: template.pv.ramdisk,
      PV_bootloader_args: template.pv.bootloader_args,
      PV_legacy_args: template.pv.legacy_args,
      HVM_boot_policy: template.hvm.boot_policy,
      HVM_boot_params: template.hvm.boot_params as Fields,
      HVM_shadow_multiplier: template.hvm.shadow_multiplier,
      platform: template.platform as Fields,
      other_config: { mac_seed: world.random.uuid(), ...(template.otherConfig as Fields) },
      memory_overhead: template.memory.overhead,
      memory_target: template.memory.target,
      memory_static_max: template.memory.static_max,
      memory_static_min: template.memory.static_min,
      memory_dynamic_max: template.memory.dynamic_max,
      memory_dynamic_min: template.memory.dynamic_min,
      VCPUs_max: template.vcpus.max,
      VCPUs_at_startup: template.vcpus.at_startup,
      recommendations: template.recommendations,
      actions_after_shutdown: template.afterShutdown,
      actions_after_reboot: template.afterReboot,
      actions_after_crash: template.afterCrash,
      domid: -1,
      metrics: newMetrics(world, template.vcpus.max),
    });
    updateAllowedOperations(world, ref);
    refs.set(template.name, ref);
  }
  return refs;
}
