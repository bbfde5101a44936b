import { afterEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { failure, open } from './calls.ts';

let sim: Simulator;
afterEach(() => sim.stop());

const records = (className: string) => [...sim.world.database.all(className).values()];

test('a host knows what xapi has found in its machine', async () => {
  sim = await simulator();
  const [host] = records('host');
  expect(host?.['host_CPUs']).toHaveLength(4);
  expect(host).toMatchObject({ cpu_info: { cpu_count: '4' }, license_params: { sku_type: 'free' } });
  expect(records('PIF').map(({ device, physical, MAC, VLAN }) => [device, physical, MAC, VLAN])).toEqual([
    ['eth0', true, '00:1e:c9:aa:bb:01', -1],
    ['eth1', true, '00:1e:c9:aa:bb:02', -1],
  ]);
  for (const { device_config } of records('PBD')) expect(device_config).not.toEqual({});
  expect(records('SM').map(({ type }) => type)).toEqual(expect.arrayContaining(['lvm', 'nfs', 'udev', 'iso']));
});

test('root is a user, and no directory is asked for others', async () => {
  sim = await simulator();
  expect(records('user')).toMatchObject([{ short_name: 'root', fullname: 'superuser' }]);
  const host = await open(sim);
  const asked = host.session.call('auth.get_subject_identifier', ['anna'], z.string());
  expect(await failure(asked)).toEqual(['AUTH_IS_DISABLED']);
  await host.close();
});

test('an SR allows what its plug-in can do', async () => {
  sim = await simulator();
  const allowed = new Map(records('SR').map((sr) => [sr['name_label'], sr['allowed_operations']]));
  expect([...allowed.keys()]).toEqual(['Local storage', 'DVD drives', 'Removable storage', 'XenServer Tools']);
  expect(allowed.get('Local storage')).toEqual(expect.arrayContaining(['vdi_create', 'vdi_snapshot', 'update']));
  expect(allowed.get('DVD drives')).not.toContain('vdi_create');
  expect(allowed.get('XenServer Tools')).not.toContain('vdi_destroy');
});

test('dom0 has a VCPU for each processor and one memory limit', async () => {
  sim = await simulator();
  const dom0 = records('VM').find((vm) => vm['is_control_domain'] === true);
  const limits = ['memory_static_min', 'memory_static_max', 'memory_dynamic_min', 'memory_dynamic_max'];
  expect(new Set(limits.map((limit) => dom0?.[limit]))).toEqual(new Set([752 * 1024 ** 2]));
  expect(dom0).toMatchObject({ VCPUs_max: 4, consoles: [expect.any(String)] });
});
