import { bootRecord } from './boot-record.ts';
import { fieldsOf, text } from './calls/context.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { hostTime } from './clock.ts';
import { nullRef } from './database.ts';
import { addCard, addLicence, addPlugins, addProcessors, dom0Metrics, dom0Size, operationsOn } from './hardware.ts';
import { diskSize, newMetrics, type Site, withDerived } from './populate-vms.ts';
import type { Profile } from './releases/profile.ts';
import { templatesOf } from './releases/templates.ts';
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

/** What its Xen runs; 32-bit PV guests no more where that was taken out of it. */
const capabilities = ({ pv32 }: Profile): readonly string[] => [
  'xen-3.0-x86_64',
  ...(pv32 ? ['xen-3.0-x86_32p'] : []),
  ...['hvm-3.0-x86_32', 'hvm-3.0-x86_32p', 'hvm-3.0-x86_64'],
];

/** One standalone host as it is after installation, with room for so many VMs: pool, storage, networks, dom0. */
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
    API_version_major: world.profile.api[0],
    API_version_minor: world.profile.api[1],
    API_version_vendor: 'XenSource',
    software_version: world.profile.software,
    capabilities: capabilities(world.profile),
    supported_bootloaders: ['pygrub', 'eliloader'],
    edition: 'free',
    sched_policy: 'credit',
    allowed_operations: ['vm_migrate', 'provision', 'vm_resume', 'evacuate', 'vm_start'],
    other_config: {
      agent_start_time: `${seconds}.`,
      boot_time: `${seconds - 120}.`,
      // Somebody wants the metrics of VMs written down, which is not so after an installation (monitor.ts).
      ...(world.profile.has('tampa') ? {} : { rrd_update_interval: '1' }),
    },
    bios_strings: machine,
    metrics,
    ...laterHost(world.profile),
    local_cache_sr: nullRef,
  });
  database.create('user', { short_name: 'root', fullname: 'superuser' });
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
    location: `xs-tools-${world.profile.version}.iso`,
    sm_config: { 'xs-tools': 'true', 'xs-tools-version': world.profile.version },
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
  const pool = database.create('pool', {
    name_label: '',
    master: host,
    default_SR: localStorage,
    suspend_image_SR: localStorage,
    crash_dump_SR: localStorage,
    ...laterPool(world, host),
    ...(world.profile.has('clearwater')
      ? { other_config: { 'memory-ratio-hvm': '0.25', 'memory-ratio-pv': '0.25' } }
      : {}),
  });
  const year = 365 * 24 * 3600 * 1000;
  addLicence(world, host, pool, hostTime(new Date(world.clock.now().getTime() + year)));
  controlDomain(world, host, address);
  return { host, localStorage, network };
}

/** What came with releases after 5.6 and is not as it was first. */
const laterHost = ({ has }: Profile): Fields => ({
  ...(has('ely') ? { virtual_hardware_platform_versions: [0, 1, 2] } : {}),
  ...(has('stockholm') ? { ssl_legacy: false } : {}),
});

/** What a pool has from 7.0 on, and may do in 22.31. */
function laterPool({ database, profile }: EmptyWorld, host: string): Fields {
  if (!profile.has('dundee')) return {};
  const { cpu_count, socket_count, vendor, ...rest } = fieldsOf(database.get('host', host)['cpu_info']);
  const features = Object.entries(rest).filter(([name]) => name.startsWith('features_'));
  const cpu_info = { ...Object.fromEntries(features.reverse()), ...picked({ socket_count, cpu_count, vendor }) };
  return {
    cpu_info,
    ha_cluster_stack: 'xhad',
    ...(profile.has('22.5.0') ? { allowed_operations: poolOperations } : {}),
  };
}

const picked = (fields: Readonly<Record<string, Fields[string] | undefined>>): Fields =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

const poolOperations = [
  ...['cluster_create', 'sync_updates', 'tls_verification_enable', 'designate_new_master'],
  ...['exchange_ca_certificates_on_join', 'configure_repositories', 'apply_updates', 'ha_enable', 'get_updates'],
  ...['cert_refresh', 'copy_primary_host_certs', 'exchange_certificates_on_join'],
];

/** An SR and the PBD by which the host has it. A disc's SR is as full as it is large. */
function storage(world: EmptyWorld, host: string, { device_config = {}, ...fields }: Fields): string {
  const sr = world.database.create('SR', {
    ...fields,
    physical_utilisation: fields['content_type'] === 'iso' ? (fields['physical_size'] ?? 0) : 0,
    shared: false,
    allowed_operations: operationsOn(
      world.profile,
      text(fields['type']),
      'xenserver_tools_sr' in fieldsOf(fields['other_config']),
    ),
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
    generation_id: '',
    power_state: 'Running',
    resident_on: host,
    domid: 0,
    domarch: world.profile.has('tampa') ? 'x64' : 'x32',
    actions_after_shutdown: 'destroy',
    actions_after_reboot: 'destroy',
    actions_after_crash: 'destroy',
    metrics: dom0Metrics(world),
    ...withDerived(world, { HVM_boot_policy: '', ...dom0Size(host) }),
  });
  for (const protocol of world.profile.consoles) {
    database.create('console', { VM: vm, protocol, location: `https://${address}/console?ref=${vm}` });
  }
  markDriverDomain(world, vm);
  updateAllowedOperations(world, vm);
  if (database.model.classes.get('host')?.fields.has('control_domain'))
    database.set('host', host, 'control_domain', vm);
  if (world.profile.has('inverness')) return;
  database.set('VM', vm, 'last_booted_record', bootRecord(database.model, database.get('VM', vm)));
}

/** From 6.1 on dom0 is the domain that drives the storage, and both know it (system_domains.ml). */
function markDriverDomain({ database, profile }: EmptyWorld, vm: string): void {
  if (!profile.has('tampa')) return;
  database.setKey('VM', vm, 'other_config', 'is_system_domain', 'true');
  for (const pbd of database.all('PBD').keys()) {
    database.setKey('PBD', pbd, 'other_config', 'storage_driver_domain', vm);
    database.setKey('VM', vm, 'other_config', 'storage_driver_domain', pbd);
  }
}

/** The templates that the release ships. */
export function populateTemplates(world: World): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const { name, fields } of templatesOf(world.profile)) {
    const ref = world.database.create('VM', {
      is_a_template: true,
      power_state: 'Halted',
      ...(world.profile.has('kolkata') ? withDerived(world, fields) : fields),
      other_config: { mac_seed: world.random.uuid(), ...fieldsOf(fields['other_config']) },
      domid: -1,
      metrics: newMetrics(world, Number(fields['VCPUs_max'])),
    });
    updateAllowedOperations(world, ref);
    refs.set(name, ref);
  }
  return refs;
}
