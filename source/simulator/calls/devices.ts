import { ApiError } from '../api-error.ts';
import { nullRef } from '../database.ts';
import type { World } from '../world.ts';
import { fieldsOf, type Handlers, refsOf, text } from './context.ts';
import { createDisk, generateMac } from './vm-clone.ts';

const macForm = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

export const vifCalls: Handlers = {
  create({ world }, argument) {
    const fields = fieldsOf(argument);
    const vm = text(fields['VM']);
    const device = text(fields['device']);
    const record = world.database.get('VM', vm);
    world.database.get('network', text(fields['network']));
    if (!/^[0-6]$/.test(device)) throw new ApiError('INVALID_DEVICE', device);
    if (refsOf(record['VIFs']).some((vif) => world.database.find('VIF', vif)?.['device'] === device)) {
      throw new ApiError('DEVICE_ALREADY_EXISTS', device);
    }
    const wanted = text(fields['MAC']);
    if (wanted !== '' && !macForm.test(wanted)) throw new ApiError('MAC_INVALID', wanted);
    const MAC = wanted === '' ? generateMac(world, vm, device) : wanted.toLowerCase();
    return world.database.create('VIF', { ...fields, MAC, allowed_operations: ['attach'] });
  },
  destroy({ world }, vif) {
    world.database.destroy('VIF', text(vif));
    return '';
  },
};

export const vbdCalls: Handlers = {
  create({ world }, argument) {
    const fields = fieldsOf(argument);
    const vm = world.database.get('VM', text(fields['VM']));
    const wanted = text(fields['userdevice']);
    const used = refsOf(vm['VBDs']).map((vbd) => text(world.database.find('VBD', vbd)?.['userdevice']));
    const free = Array.from({ length: 16 }, (_, i) => String(i)).find((device) => !used.includes(device)) ?? '';
    const device = wanted === 'autodetect' ? free : wanted;
    if (!/^\d{1,2}$/.test(device)) throw new ApiError('INVALID_DEVICE', device);
    if (used.includes(device)) throw new ApiError('DEVICE_ALREADY_EXISTS', device);
    if (text(fields['VDI']) !== nullRef && text(fields['VDI']) !== '') world.database.get('VDI', text(fields['VDI']));
    return world.database.create('VBD', { ...fields, userdevice: device, allowed_operations: ['attach'] });
  },
  destroy({ world }, vbd) {
    world.database.destroy('VBD', text(vbd));
    return '';
  },
};

export const vdiCalls: Handlers = {
  create: ({ world }, argument) => createDisk(world, fieldsOf(argument)),
  destroy({ world }, vdi) {
    destroyDisk(world, text(vdi));
    return '';
  },
};

function destroyDisk(world: World, vdi: string): void {
  const { database } = world;
  const record = database.get('VDI', vdi);
  const sr = text(record['SR']);
  if (database.find('SR', sr)?.['content_type'] === 'iso') {
    throw new ApiError('SR_OPERATION_NOT_SUPPORTED', sr);
  }
  for (const vbd of refsOf(record['VBDs'])) {
    const vm = text(database.get('VBD', vbd)['VM']);
    if (database.find('VM', vm)?.['power_state'] !== 'Halted') throw new ApiError('VDI_IN_USE', vdi, 'destroy');
    database.destroy('VBD', vbd);
  }
  database.destroy('VDI', vdi);
  world.disks.delete(vdi);
  const size = Number(record['virtual_size']);
  const fields = database.get('SR', sr);
  database.set('SR', sr, 'virtual_allocation', Number(fields['virtual_allocation']) - size);
  database.set('SR', sr, 'physical_utilisation', Number(fields['physical_utilisation']) - size);
}
