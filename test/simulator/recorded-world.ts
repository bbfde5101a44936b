import { memoryOverhead } from '../../source/simulator/calls/vm-limits.ts';
import { updateAllowedOperations } from '../../source/simulator/calls/vm-operations.ts';
import { nullRef } from '../../source/simulator/database.ts';
import { newMetrics, withDerived } from '../../source/simulator/populate-vms.ts';
import { profileOf } from '../../source/simulator/releases/profile.ts';
import { templatesOf } from '../../source/simulator/releases/templates.ts';
import type { Fields } from '../../source/simulator/types.ts';
import type { World } from '../../source/simulator/world.ts';
import { lennyTemplate } from '../harness.ts';

/** The world of the recordings: two templates with 5.6's fields, one network with a cable, one storage. */
export function becomeRecorded(world: World): void {
  const { database } = world;
  for (const [ref, vm] of [...database.all('VM')]) {
    if (vm['is_a_template'] !== true) continue;
    database.destroy('VM_metrics', String(vm['metrics']));
    database.destroy('VM', ref);
  }
  for (const { name, fields } of templatesOf(profileOf('5.6.0'))) {
    if (![lennyTemplate, 'Other install media'].includes(name)) continue;
    const ref = database.create('VM', {
      ...{ is_a_template: true, power_state: 'Halted', domid: -1, metrics: newMetrics(world, 1) },
      ...(world.profile.has('kolkata') ? withDerived(world, fields) : fields),
      other_config: { mac_seed: world.random.uuid(), ...(fields['other_config'] as object) },
    });
    updateAllowedOperations(world, ref);
  }
  for (const [ref, pif] of [...database.all('PIF')]) {
    if (pif['device'] === 'eth0') continue;
    database.destroy('PIF', ref);
    database.destroy('network', String(pif['network']));
  }
  const [local] = [...database.all('SR')].find(([, sr]) => sr['name_label'] === 'Local storage') ?? [];
  for (const className of ['VDI', 'PBD']) {
    for (const [ref, record] of [...database.all(className)]) {
      if (record['SR'] !== local) database.destroy(className, ref);
    }
  }
  for (const ref of [...database.all('SR').keys()]) if (ref !== local) database.destroy('SR', ref);
  if (local === undefined) return;
  const write = (className: string, ref: string, fields: Fields): void => {
    for (const [name, value] of Object.entries(fields)) database.set(className, ref, name, value);
  };
  const operations = database.get('SR', local)['allowed_operations'];
  // A dummy, which can do a thing more than LVM.
  write('SR', local, { type: 'dummy', allowed_operations: ['vdi_introduce', ...(operations as string[])] });
  for (const pbd of database.all('PBD').keys()) write('PBD', pbd, { device_config: {} });
  for (const sm of [...database.all('SM').keys()]) database.destroy('SM', sm);
  database.create('SM', dummy);
  for (const pool of database.all('pool').keys()) write('pool', pool, noPool);
  write('host', world.host, machine);
  write('host_metrics', String(database.get('host', world.host)['metrics']), { memory_total: 1024 ** 4 });
  for (const pif of database.all('PIF').keys()) write('PIF', pif, unplugged);
  for (const [ref, vm] of [...database.all('VM')]) {
    if (vm['is_control_domain'] !== true) continue;
    const [pbd = ''] = database.all('PBD').keys();
    const other_config = { ...(vm['other_config'] as Fields), storage_driver_domain: pbd };
    const size = { ...vm, other_config, VCPUs_max: 2, VCPUs_at_startup: 2, name_label: 'Control domain on host: vm' };
    write('VM', ref, { ...size, memory_overhead: memoryOverhead(world, size) });
    write('VM_metrics', String(vm['metrics']), { VCPUs_number: 2, VCPUs_utilisation: { '1': 0, '2': 0 } });
  }
}

/** What ran the recorded xapi: little of it is filled in, and no licence daemon ran beside it. */
const machine: Fields = {
  name_label: 'vm',
  name_description: 'Default install',
  hostname: 'vm',
  address: '',
  memory_overhead: 1024 ** 3,
  software_version: {
    ...{ product_version: '5.6.0', platform_version: '0.0.0', product_brand: 'XenServer', build_number: '31188p' },
    ...{ hostname: 'localhost', date: '20261124T18:40:12Z', dbv: 'stub', xapi: '22.31', xapi_build: '22.31.0' },
    ...{ xen: '3.4.2', linux: '6.18.44-fc-v657', xencenter_min: '2.20', xencenter_max: '2.20' },
    ...{ network_backend: 'bridge', db_schema: '5.756' },
  },
  other_config: { no_local_storage: 'true', agent_start_time: '1795549004.', boot_time: '1795544993.' },
  capabilities: ['xen-3.0-x86_64', 'xen-3.0-x86_32p', 'hvm-3.0-x86_32'],
  cpu_info: {
    ...{ cpu_count: '4', socket_count: '1', vendor: 'GenuineIntel', speed: '', modelname: '', family: '', model: '' },
    ...{ stepping: '', flags: '', features_pv: '', features_hvm: '', features_hvm_host: '', features_pv_host: '' },
  },
  license_params: {},
  edition: '',
  editions: ['free'],
  bios_strings: {},
  chipset_info: { iommu: 'false' },
  https_only: true,
};

const noPool: Fields = {
  suspend_image_SR: nullRef,
  crash_dump_SR: nullRef,
  restrictions: {},
  cpu_info: {
    ...{ features_hvm_host: '', features_hvm: '', features_pv_host: '', features_pv: '' },
    ...{ socket_count: '1', cpu_count: '4', vendor: 'GenuineIntel' },
  },
};

const unplugged: Fields = {
  ...{ MAC: '00:16:3e:00:00:01', currently_attached: false, management: false },
  ...{ ip_configuration_mode: 'None', IP: '', netmask: '' },
};

const abilities = [
  ...['SR_ATTACH', 'SR_CREATE', 'SR_DELETE', 'SR_DETACH', 'SR_PROBE', 'SR_SCAN', 'SR_UPDATE', 'VDI_ACTIVATE'],
  ...['VDI_ATTACH', 'VDI_CLONE', 'VDI_CREATE', 'VDI_DEACTIVATE', 'VDI_DELETE', 'VDI_DETACH', 'VDI_INTRODUCE'],
  ...['VDI_RESIZE', 'VDI_SNAPSHOT', 'VDI_UPDATE'],
];

const dummy: Fields = {
  ...{ name_label: 'dummy', name_description: 'dummy SR', type: 'dummy', vendor: 'x', copyright: 'x' },
  ...{ version: '1.0', required_api_version: '1.1', driver_filename: '/opt/xensource/sm/DummySR' },
  capabilities: abilities,
  features: Object.fromEntries(abilities.map((one) => [one, '1'])),
};
