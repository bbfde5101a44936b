import { bootRecord } from './boot-record.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { hostTime } from './clock.ts';
import { nullRef } from './database.ts';
import templates from './datamodel-5.6/templates.json' with { type: 'json' };
import { diskSize, newMetrics, type Site } from './populate-vms.ts';
import type { Fields } from './types.ts';
import type { EmptyWorld, World } from './world.ts';

const gib = 1024 ** 3;

/** One standalone 5.6.0 host as it is after installation, with room for so many VMs: pool, storage, networks, dom0. */
export function populateHost(world: EmptyWorld, address: string, vms = 0): Site {
  const { database } = world;
  const now = hostTime(world.clock.now());
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
    metrics,
    local_cache_sr: nullRef,
  });
  const room = Math.max(400 * gib, 2 * vms * diskSize);
  const localStorage = storage(world, host, 'Local storage', 'lvm', 'user', room);
  storage(world, host, 'DVD drives', 'udev', 'iso', 0);
  const tools = storage(world, host, 'XenServer Tools', 'iso', 'iso', 128 * 1024 ** 2);
  database.setKey('SR', tools, 'other_config', 'xensource_internal', 'true');
  database.setKey('SR', tools, 'other_config', 'xenserver_tools_sr', 'true');
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
  const network = database.create('network', {
    name_label: 'Pool-wide network associated with eth0',
    bridge: 'xenbr0',
  });
  const pif = { host, network, device: 'eth0', management: true, currently_attached: true, IP: address };
  database.create('PIF', { ...pif, MAC: '00:1e:c9:aa:bb:01', MTU: 1500, ip_configuration_mode: 'Static' });
  const second = database.create('network', {
    name_label: 'Pool-wide network associated with eth1',
    bridge: 'xenbr1',
  });
  database.create('PIF', { host, network: second, device: 'eth1', currently_attached: true, MTU: 1500 });
  database.create('network', {
    name_label: 'Host internal management network',
    name_description: 'Network on which guests will be assigned a private link-local IP address',
    bridge: 'xenapi',
    other_config: { is_guest_installer_network: 'true', is_host_internal_management_network: 'true' },
  });
  database.create('pool', { name_label: '', master: host, default_SR: localStorage });
  controlDomain(world, host);
  return { host, localStorage, network };
}

function storage(world: EmptyWorld, host: string, name: string, type: string, content: string, size: number) {
  const sr = world.database.create('SR', {
    name_label: name,
    type,
    content_type: content,
    physical_size: size,
    physical_utilisation: content === 'iso' ? size : 0,
    shared: false,
  });
  world.database.create('PBD', { host, SR: sr, currently_attached: true });
  return sr;
}

function controlDomain(world: EmptyWorld, host: string): void {
  const metrics = newMetrics(world, 2);
  const vm = world.database.create('VM', {
    name_label: 'Control domain on host: xvm03',
    is_control_domain: true,
    power_state: 'Running',
    resident_on: host,
    domid: 0,
    memory_static_max: 752 * 1024 ** 2,
    VCPUs_max: 2,
    VCPUs_at_startup: 2,
    domarch: 'x32',
    metrics,
  });
  world.database.set('VM', vm, 'last_booted_record', bootRecord(world.database.get('VM', vm)));
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
