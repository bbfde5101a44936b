import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import { nullRef } from '../database.ts';
import type { Fields } from '../types.ts';
import type { World } from '../world.ts';
import { fieldsOf, type Handlers, refsOf, text } from './context.ts';

/** What the drivers of this world can do with a disk; the order is xapi_vdi.ml's, later 22.31's. */
const operationsOf = ({ profile }: World): readonly string[] =>
  profile.has('tampa')
    ? ['update', 'forget', 'destroy', 'snapshot', 'resize', 'copy', 'clone']
    : ['resize', 'destroy', 'clone', 'copy', 'snapshot'];

/** VDI.create, for provisioning and for the call: the space of the SR is counted. */
export function createDisk(world: World, fields: Fields): string {
  const { database } = world;
  const sr = database.get('SR', text(fields['SR']));
  const free = Number(sr['physical_size']) - Number(sr['physical_utilisation']);
  const size = Number(fields['virtual_size']);
  if (size > free) throw new ApiError('SR_BACKEND_FAILURE_44', '', 'There is insufficient space', '');
  const vdi = newDisk(world, { ...fields, physical_utilisation: 0 });
  count(world, text(fields['SR']), size);
  world.guests.disks.made(vdi, size);
  return vdi;
}

/** The record of a disk, whose location on its SR is its uuid. */
function newDisk(world: World, fields: Fields): string {
  const uuid = world.random.uuid();
  return world.database.create('VDI', {
    ...fields,
    uuid,
    location: uuid,
    managed: true,
    allowed_operations: operationsOf(world),
  });
}

/** VDI.clone or VDI.copy: the same content under a new name. */
export function copyDisk(world: World, vdi: string): string {
  const { uuid, VBDs, crash_dumps, snapshots, ...fields } = world.database.get('VDI', vdi);
  const copy = newDisk(world, { ...fields, is_a_snapshot: false, snapshot_of: nullRef, current_operations: {} });
  world.guests.disks.copied(copy, vdi);
  return copy;
}

/** VDI.snapshot: a copy that knows of what and when. */
export function snapshotDisk(world: World, vdi: string): string {
  const copy = copyDisk(world, vdi);
  world.database.set('VDI', copy, 'is_a_snapshot', true);
  world.database.set('VDI', copy, 'snapshot_of', vdi);
  world.database.set('VDI', copy, 'snapshot_time', hostTime(world.clock.now()));
  return copy;
}

/** VDI.destroy. The drives that hold it go as well, unless one is attached (xapi_vdi.ml). */
export function destroyDisk(world: World, vdi: string): void {
  const { database } = world;
  const record = database.get('VDI', vdi);
  const sr = text(record['SR']);
  const drives = refsOf(record['VBDs']);
  if (drives.some((vbd) => database.find('VBD', vbd)?.['currently_attached'] === true)) {
    throw new ApiError('VDI_IN_USE', vdi);
  }
  const storage = database.find('SR', sr) ?? {};
  if (storage['type'] === 'udev') throw new ApiError('VDI_IS_A_PHYSICAL_DEVICE', vdi);
  if (storage['content_type'] === 'iso') throw new ApiError('SR_OPERATION_NOT_SUPPORTED', sr);
  for (const vbd of drives) database.destroy('VBD', vbd);
  database.destroy('VDI', vdi);
  world.guests.disks.dropped(vdi);
  count(world, sr, -Number(record['virtual_size']));
}

/** Its memory is back in a domain, or nobody wants it any more. */
export function dropSuspendImage(world: World, vm: string): void {
  const image = text(world.database.get('VM', vm)['suspend_VDI']);
  if (image === nullRef) return;
  world.database.set('VM', vm, 'suspend_VDI', nullRef);
  if (world.database.find('VDI', image) !== undefined) destroyDisk(world, image);
}

/** VDI.resize: not while it is attached (xapi_vdi.ml); LVHDSR.py grows a disk only, XenAPI's error is the SM's. */
export function resizeDisk(world: World, vdi: string, size: number): void {
  const { database } = world;
  const record = database.get('VDI', vdi);
  if (refsOf(record['VBDs']).some((vbd) => database.find('VBD', vbd)?.['currently_attached'] === true)) {
    throw new ApiError('VDI_IN_USE', vdi);
  }
  const more = size - Number(record['virtual_size']);
  if (more < 0)
    throw new ApiError('SR_BACKEND_FAILURE_79', '', 'VDI Invalid size [opterr=shrinking not allowed]', '');
  database.set('VDI', vdi, 'virtual_size', size);
  world.guests.disks.resized(vdi, size);
  count(world, text(record['SR']), more);
}

function count(world: World, sr: string, bytes: number): void {
  const { database } = world;
  for (const field of ['virtual_allocation', 'physical_utilisation']) {
    database.set('SR', sr, field, Number(database.get('SR', sr)[field]) + bytes);
  }
}

export const vdiCalls: Handlers = {
  create: ({ world }, argument) => createDisk(world, fieldsOf(argument)),
  destroy({ world }, vdi) {
    destroyDisk(world, text(vdi));
    return '';
  },
  resize({ world }, vdi, size) {
    resizeDisk(world, text(vdi), Number(size));
    return '';
  },
};
