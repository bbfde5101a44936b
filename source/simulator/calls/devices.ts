import { ApiError } from '../api-error.ts';
import { nullRef } from '../database.ts';
import type { Fields } from '../types.ts';
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
    checkDisc(world, fields);
    return world.database.create('VBD', { ...fields, userdevice: device, allowed_operations: ['attach'] });
  },
  destroy({ world }, vbd) {
    world.database.destroy('VBD', text(vbd));
    return '';
  },
};

/** What xapi_vbd_helpers.ml asks of a drive. */
function checkDisc(world: World, fields: Fields): void {
  const vdi = text(fields['VDI']);
  const disc = vdi === nullRef || vdi === '' ? null : world.database.get('VDI', vdi);
  if (fields['type'] !== 'CD') return;
  if (fields['mode'] !== 'RO') throw new ApiError('VBD_CDS_MUST_BE_READONLY');
  if (disc === null) return;
  const sr = world.database.get('SR', text(disc['SR']));
  if (sr['content_type'] !== 'iso') throw new ApiError('VDI_IS_NOT_ISO', vdi, text(sr['content_type']));
}

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
