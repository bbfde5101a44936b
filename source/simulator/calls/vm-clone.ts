import { createHash } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import { nullRef } from '../database.ts';
import type { Fields } from '../types.ts';
import type { World } from '../world.ts';
import { type CallContext, fieldsOf, type Handlers, refsOf, text } from './context.ts';
import { updateAllowedOperations, withOperation } from './vm-operations.ts';

/** Fields that a clone does not take over as they are (xapi_vm_clone.ml). Reverse lists are filled by relations. */
const notCopied = ['uuid', 'VBDs', 'VIFs', 'consoles', 'crash_dumps', 'VTPMs', 'children', 'snapshots'];

function copyVm(context: CallContext, source: string, name: string, operation: 'clone' | 'copy'): Promise<string> {
  const { world } = context;
  return withOperation(context, source, operation, () => {
    const record = world.database.get('VM', source);
    const fields: Fields = { ...record };
    for (const field of notCopied) delete fields[field];
    const { default_template, xensource_internal, mac_seed, ...words } = fieldsOf(record['other_config']);
    const metrics = world.database.create('VM_metrics', metricsCopy(world, text(record['metrics'])));
    const clone = world.database.create('VM', {
      ...fields,
      name_label: name,
      power_state: 'Halted',
      is_a_snapshot: false,
      snapshot_of: nullRef,
      blocked_operations: {},
      current_operations: {},
      parent: source,
      ha_always_run: false,
      resident_on: nullRef,
      domid: -1,
      metrics,
      guest_metrics: nullRef,
      other_config: { mac_seed: world.random.uuid(), ...words },
    });
    copyDevices(world, source, clone);
    updateAllowedOperations(world, clone);
    if (world.quirks.has('lose-pv-args')) world.database.set('VM', clone, 'PV_args', '');
    return clone;
  });
}

function metricsCopy(world: World, metrics: string): Fields {
  const { uuid, ...rest } = world.database.find('VM_metrics', metrics) ?? {};
  return rest;
}

function copyDevices(world: World, source: string, clone: string): void {
  const record = world.database.get('VM', source);
  for (const vbd of refsOf(record['VBDs'])) {
    const { uuid, ...fields } = world.database.get('VBD', vbd);
    const vdi = text(fields['VDI']);
    const disk = fields['type'] === 'Disk' && vdi !== nullRef;
    world.database.create('VBD', { ...fields, VM: clone, VDI: disk ? copyDisk(world, vdi) : vdi });
  }
  for (const vif of refsOf(record['VIFs'])) {
    const { uuid, MAC, ...fields } = world.database.get('VIF', vif);
    world.database.create('VIF', { ...fields, VM: clone, MAC: generateMac(world, clone, text(fields['device'])) });
  }
}

function copyDisk(world: World, vdi: string): string {
  const { uuid, VBDs, ...fields } = world.database.get('VDI', vdi);
  const copy = world.database.create('VDI', { ...fields, location: world.random.uuid() });
  world.disks.set(copy, world.disks.get(vdi) ?? { system: null });
  return copy;
}

/** A MAC of the VM's mac_seed and the device number, locally administered, the same each time. */
export function generateMac(world: World, vm: string, device: string): string {
  const seed = fieldsOf(world.database.get('VM', vm)['other_config'])['mac_seed'];
  if (seed === undefined) throw new ApiError('MAC_INVALID', '');
  const bytes = createHash('sha1').update(`${seed}-${device}`).digest().subarray(0, 6);
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

interface DiskOrder {
  readonly device: string;
  readonly size: number;
  readonly sr: string;
  readonly bootable: boolean;
  readonly type: string;
}

/** `<provision><disk device= size= sr= bootable= type=/></provision>`; anything else fails to parse. */
export function parseDisks(xml: string): DiskOrder[] {
  const body = /^\s*<provision>(.*)<\/provision>\s*$|^\s*<provision\/>\s*$/s.exec(xml);
  if (body === null) throw new ApiError('INTERNAL_ERROR', 'Xapi_templates.Parse_failure');
  return [...(body[1] ?? '').matchAll(/<disk\s+([^>]*?)\/?>/g)].map(([, attributes = '']) => {
    const value = (name: string): string => {
      const match = new RegExp(`${name}="([^"]*)"`).exec(attributes);
      if (match === null && name !== 'type') throw new ApiError('INTERNAL_ERROR', 'Xapi_templates.Parse_failure');
      return match?.[1] ?? 'system';
    };
    return {
      device: value('device'),
      size: Number(value('size')),
      sr: value('sr'),
      bootable: value('bootable') === 'true',
      type: value('type'),
    };
  });
}

/** A template becomes a VM: the flag falls first and stays so, even when making the disks fails (5.6). */
function provision(context: CallContext, vm: string): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, 'provision', () => {
    const { database } = world;
    database.set('VM', vm, 'is_a_template', false);
    database.set('VM_metrics', text(database.get('VM', vm)['metrics']), 'install_time', hostTime(world.clock.now()));
    const words = fieldsOf(database.get('VM', vm)['other_config']);
    if (words['disks'] !== undefined && words['disks'] !== '') {
      for (const order of parseDisks(text(words['disks']))) makeDisk(world, vm, order);
    }
    database.removeKey('VM', vm, 'other_config', 'disks');
    database.removeKey('VM', vm, 'other_config', 'postinstall');
    if (world.quirks.has('lose-pv-args')) database.set('VM', vm, 'PV_args', '');
    return '';
  });
}

function makeDisk(world: World, vm: string, order: DiskOrder): void {
  const { database } = world;
  const sr = [...database.all('SR')].find(([, record]) => record['uuid'] === order.sr)?.[0];
  if (sr === undefined) throw new ApiError('UUID_INVALID', 'sr', order.sr);
  const vdi = createDisk(world, {
    SR: sr,
    virtual_size: order.size,
    type: order.type,
    name_label: order.device,
    name_description: 'Created by template provisioner',
    sm_config: { vmhint: text(database.get('VM', vm)['uuid']) },
  });
  database.create('VBD', {
    VM: vm,
    VDI: vdi,
    userdevice: order.device,
    device: `xvd${String.fromCharCode(97 + Number(order.device))}`,
    bootable: order.bootable,
    mode: 'RW',
    type: 'Disk',
    unpluggable: order.type !== 'system',
    other_config: { owner: '' },
    allowed_operations: ['attach'],
  });
}

/** VDI.create, for provisioning and for the call: the space of the SR is counted. */
export function createDisk(world: World, fields: Fields): string {
  const { database } = world;
  const sr = database.get('SR', text(fields['SR']));
  const free = Number(sr['physical_size']) - Number(sr['physical_utilisation']);
  const size = Number(fields['virtual_size']);
  if (size > free) throw new ApiError('SR_BACKEND_FAILURE_44', '', 'There is insufficient space', '');
  const vdi = database.create('VDI', {
    ...fields,
    location: world.random.uuid(),
    managed: true,
    physical_utilisation: 0,
    allowed_operations: ['destroy', 'resize', 'clone', 'copy', 'snapshot'],
  });
  database.set('SR', text(fields['SR']), 'virtual_allocation', Number(sr['virtual_allocation']) + size);
  database.set('SR', text(fields['SR']), 'physical_utilisation', Number(sr['physical_utilisation']) + size);
  world.disks.set(vdi, { system: null });
  return vdi;
}

/** A snapshot is a template that remembers what it is of; it has disks of its own (xapi_vm_snapshot.ml). */
function snapshot(context: CallContext, vm: string, name: string): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, 'snapshot', () => {
    const { uuid, VBDs, VIFs, consoles, crash_dumps, VTPMs, children, snapshots, ...fields } = world.database.get(
      'VM',
      vm,
    );
    const copy = world.database.create('VM', {
      ...fields,
      name_label: name,
      power_state: 'Halted',
      is_a_template: true,
      is_a_snapshot: true,
      snapshot_of: vm,
      snapshot_time: hostTime(world.clock.now()),
      parent: nullRef,
      current_operations: {},
      resident_on: nullRef,
      domid: -1,
      guest_metrics: nullRef,
      metrics: world.database.create('VM_metrics', metricsCopy(world, text(fields['metrics']))),
    });
    copyDevices(world, vm, copy);
    updateAllowedOperations(world, copy);
    return copy;
  });
}

export const vmCloneCalls: Handlers = {
  snapshot: (context, vm, name) => snapshot(context, text(vm), text(name)),
  clone: (context, vm, name) => copyVm(context, text(vm), text(name), 'clone'),
  // Templates of 5.6 have no disks: copying to an SR is the same as cloning.
  copy: (context, vm, name) => copyVm(context, text(vm), text(name), 'copy'),
  provision: (context, vm) => provision(context, text(vm)),
};
