import { createDisk, generateMac } from './calls/vm-clone.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { hostTime } from './clock.ts';
import { nullRef } from './database.ts';
import templates from './datamodel-5.6/templates.json' with { type: 'json' };
import type { Fields } from './types.ts';
import type { World } from './world.ts';

const gib = 1024 ** 3;
const yesterday = 12.7 * 3600 * 1000;

/** What the rest of the population hangs on. */
export interface Site {
  readonly host: string;
  readonly localStorage: string;
  readonly network: string;
}

/** One standalone 5.6.0 host as it is after installation: pool, storage, tools ISO, networks, dom0. */
export function populateHost(world: Omit<World, 'host'>, address: string): Site {
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
  const localStorage = storage(world, host, 'Local storage', 'lvm', 'user', 400 * gib);
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

function storage(
  world: Omit<World, 'host'>,
  host: string,
  name: string,
  type: string,
  content: string,
  size: number,
) {
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

function controlDomain(world: Omit<World, 'host'>, host: string): void {
  const metrics = newMetrics(world, 2);
  world.database.create('VM', {
    name_label: 'Control domain on host: xvm03',
    is_control_domain: true,
    power_state: 'Running',
    resident_on: host,
    domid: 0,
    memory_static_max: 752 * 1024 ** 2,
    VCPUs_max: 2,
    VCPUs_at_startup: 2,
    metrics,
  });
}

function newMetrics(world: Omit<World, 'host'>, cpus: number): string {
  return world.database.create('VM_metrics', {
    VCPUs_utilisation: Object.fromEntries(Array.from({ length: cpus }, (_, i) => [String(i), 0])),
  });
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

/** The states of the VMs that `--vms N` makes, round and round. */
const mix = ['armed', 'installed', 'fired', 'half-armed', 'windows', 'unprepared'] as const;

/** N machines somebody made before: some armed, some installed, some half-done, some of other trades. */
export function populateVms(world: World, site: Site, count: number, repository: string): void {
  for (let i = 0; i < count; i += 1) {
    const kind = mix[i % mix.length] ?? 'armed';
    const name = `${kind === 'windows' ? 'win' : 'vm'}${String(i + 1).padStart(String(count).length, '0')}`;
    makeVm(world, site, name, kind, repository);
  }
}

function makeVm(world: World, site: Site, name: string, kind: (typeof mix)[number], repository: string): void {
  const { database } = world;
  const template = templates.find((entry) => entry.name === 'Debian Lenny 5.0 (32-bit)');
  const eliloader = kind === 'armed' || kind === 'half-armed' || kind === 'unprepared';
  const hvm = kind === 'windows';
  const fai =
    'quiet console=hvc0 root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live ip=dhcp FAI_FLAGS=verbose,sshd,reboot FAI_ACTION=install';
  const words: Fields = {
    mac_seed: world.random.uuid(),
    linux_template: 'true',
    'install-methods': 'cdrom,http,ftp',
    'install-arch': 'i386',
    'debian-release': 'lenny',
    ...(kind === 'unprepared' ? {} : { 'install-repository': repository }),
    ...(eliloader && kind !== 'half-armed' ? { 'install-distro': 'debianlike' } : {}),
  };
  const vm = database.create('VM', {
    name_label: name,
    power_state: 'Halted',
    PV_bootloader: hvm ? '' : eliloader ? 'eliloader' : 'pygrub',
    PV_args: hvm ? '' : kind === 'unprepared' ? '' : fai,
    HVM_boot_policy: hvm ? 'BIOS order' : '',
    HVM_boot_params: hvm ? { order: 'dc' } : {},
    platform: (template?.platform ?? {}) as Fields,
    other_config: hvm ? { mac_seed: world.random.uuid() } : words,
    memory_overhead: 1024 ** 2,
    memory_target: gib / 4,
    memory_static_min: gib / 8,
    memory_static_max: gib / 4,
    memory_dynamic_min: gib / 4,
    memory_dynamic_max: gib / 4,
    VCPUs_max: 1,
    VCPUs_at_startup: 1,
    actions_after_shutdown: 'destroy',
    actions_after_reboot: 'restart',
    actions_after_crash: 'restart',
    domid: -1,
    recommendations: template?.recommendations ?? '',
    metrics: newMetrics(world, 1),
  });
  if (kind === 'installed') {
    const uuid = String(database.get('VM', vm)['uuid']);
    const mark = {
      vm: uuid,
      run: world.random.uuid().slice(0, 8),
      at: new Date(world.clock.now().getTime() - yesterday).toISOString(),
      by: 'root@jump',
    };
    database.setKey('VM', vm, 'other_config', 'xenfai:installed', JSON.stringify(mark));
  }
  addDevices(world, site, vm, kind === 'installed');
  updateAllowedOperations(world, vm);
}

function addDevices(world: World, site: Site, vm: string, installed: boolean): void {
  const { database } = world;
  const vdi = createDisk(world, { SR: site.localStorage, virtual_size: 8 * gib, type: 'system', name_label: '0' });
  if (installed) world.disks.set(vdi, { system: 'Debian 5.0 (lenny)' });
  database.create('VBD', {
    VM: vm,
    VDI: vdi,
    userdevice: '0',
    device: 'xvda',
    bootable: true,
    mode: 'RW',
    type: 'Disk',
    other_config: { owner: '' },
  });
  database.create('VIF', { VM: vm, network: site.network, device: '0', MTU: 1500, MAC: generateMac(world, vm, '0') });
}
