import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import { nullRef } from '../database.ts';
import type { Fields, Value } from '../types.ts';
import type { World } from '../world.ts';
import { type CallContext, fieldsOf, type Handlers, refsOf, text } from './context.ts';
import { createVif, updateVbdOperations } from './devices.ts';
import { copyDisk, destroyDisk, snapshotDisk } from './disks.ts';
import { isCancelling } from './task.ts';
import { updateAllowedOperations, withOperation } from './vm-operations.ts';

// After xapi_vm_clone.ml: clone, copy and snapshot are one thing with three kinds of disks.

type Kind = 'clone' | 'copy' | 'snapshot';

/** What a new record never takes over. Reverse lists are filled by relations. */
const notCopied = [
  ...['uuid', 'VBDs', 'VIFs', 'consoles', 'crash_dumps', 'VTPMs', 'children', 'snapshots'],
  ...['allowed_operations', 'blocked_operations', 'current_operations', 'transportable_snapshot_id', 'blobs'],
  ...[
    'suspend_VDI',
    'resident_on',
    'domarch',
    'ha_always_run',
    'snapshot_time',
    'snapshot_metadata',
    'is_default_template',
  ],
];

function copyVm(context: CallContext, source: string, name: string, kind: Kind): Promise<string> {
  const { world } = context;
  return withOperation(context, source, kind, () => {
    const disks = copyDisks(context, source, kind);
    const clone = copyRecord(context, source, name, kind);
    for (const { vbd, vdi } of disks) copyDrive(world, clone, vbd, vdi);
    for (const vif of refsOf(world.database.get('VM', source)['VIFs'])) copyCard(world, clone, vif, kind);
    world.database.set('VM', clone, 'current_operations', {});
    updateAllowedOperations(world, clone);
    if (kind !== 'snapshot' && world.quirks.has('lose-pv-args')) world.database.set('VM', clone, 'PV_args', '');
    return clone;
  });
}

interface CopiedDisk {
  readonly vbd: Fields;
  readonly vdi: string;
}

/** New disks for old, those of CD drives stay the same. Stopped half-way, it takes the copies back. */
function copyDisks({ world, task }: CallContext, source: string, kind: Kind): CopiedDisk[] {
  const { database } = world;
  const made: string[] = [];
  try {
    return refsOf(database.get('VM', source)['VBDs']).map((ref) => {
      if (isCancelling(world, task)) throw new ApiError('TASK_CANCELLED');
      const vbd = database.get('VBD', ref);
      const vdi = text(vbd['VDI']);
      if (vbd['empty'] === true || vdi === nullRef) return { vbd, vdi: nullRef };
      if (vbd['type'] === 'CD') return { vbd, vdi };
      const copy = kind === 'snapshot' ? snapshotDisk(world, vdi) : copyDisk(world, vdi);
      made.push(copy);
      return { vbd, vdi: copy };
    });
  } catch (error) {
    for (const vdi of made) destroyDisk(world, vdi);
    throw error;
  }
}

function copyRecord({ world, task }: CallContext, source: string, name: string, kind: Kind): string {
  const { database } = world;
  const record = database.get('VM', source);
  const fields: Fields = { ...record };
  for (const field of notCopied) delete fields[field];
  const clone = database.create('VM', {
    ...fields,
    name_label: name,
    power_state: 'Halted',
    current_operations: { [task]: kind },
    domid: -1,
    metrics: database.create('VM_metrics', withoutUuid(database.find('VM_metrics', text(record['metrics'])))),
    guest_metrics: copyGuestMetrics(world, text(record['guest_metrics'])),
    other_config: ownWords(world, record, kind),
    ...(kind === 'snapshot' ? snapshotFields(world, source, record) : cloneFields(world, source)),
    is_default_template: false,
    ...(world.profile.has('clearwater')
      ? { generation_id: freshGeneration(world, text(record['generation_id'])) }
      : {}),
  });
  // The line of descent: the snapshot takes the VM's place, the VM comes after it.
  if (kind === 'snapshot') database.set('VM', source, 'parent', clone);
  return clone;
}

/** What comes of a clone is nobody's child from 6.0 on (CA-52668). */
const cloneFields = (world: World, source: string): Fields => ({
  is_a_snapshot: false,
  snapshot_of: nullRef,
  snapshot_info: {},
  parent: world.profile.has('boston') ? nullRef : source,
});

/** xapi_vm_helpers.ml:fresh_genid: two random numbers, unless the VM has been told to have none. */
function freshGeneration({ random }: World, current: string): string {
  if (current === '') return '';
  const number = (): string =>
    BigInt(`0x${random.uuid().replaceAll('-', '').slice(0, 16)}`)
      .toString()
      .slice(0, 18);
  return `${number()}:${number()}`;
}

function snapshotFields(world: World, source: string, record: Fields): Fields {
  return {
    is_a_template: true,
    is_a_snapshot: true,
    snapshot_of: source,
    snapshot_time: hostTime(world.clock.now()),
    snapshot_info: {
      'disk-snapshot-type': 'crash_consistent',
      'power-state-at-snapshot': text(record['power_state']),
    },
    snapshot_metadata: sexpression(record),
  };
}

/**
 * A clone is nobody's default, and has a mac_seed of its own; a snapshot keeps it, to be the same again. From 6.1 on
 * what comes of a template remembers its name (CA-80777).
 */
function ownWords(world: World, record: Fields, kind: Kind): Fields {
  const { default_template, xensource_internal, ...rest } = fieldsOf(record['other_config']);
  const named = record['is_a_template'] === true && world.profile.has('tampa') && !('base_template_name' in rest);
  const words = named ? { base_template_name: record['name_label'] ?? '', ...rest } : rest;
  if (kind === 'snapshot') return words;
  const seed = { mac_seed: world.random.uuid() };
  return 'mac_seed' in words ? { ...words, ...seed } : { ...seed, ...words };
}

const withoutUuid = ({ uuid, ...rest }: Fields = {}): Fields => rest;

function copyGuestMetrics(world: World, metrics: string): string {
  const record = world.database.find('VM_guest_metrics', metrics);
  return record === undefined ? nullRef : world.database.create('VM_guest_metrics', withoutUuid(record));
}

/** helpers.ml:vm_to_string: the row of the database as an s-expression. */
const sexpression = (record: Fields): string =>
  `(${Object.entries(record)
    .map(([name, value]) => `(${quoted(name)} ${quoted(columnText(value))})`)
    .join(' ')})`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function columnText(value: Value): string {
  if (Array.isArray(value)) return `(${value.map((item) => quoted(String(item))).join(' ')})`;
  if (typeof value === 'object') return sexpression(fieldsOf(value));
  return String(value);
}

function copyDrive(world: World, vm: string, vbd: Fields, vdi: string): void {
  const { database } = world;
  const copy = database.create('VBD', {
    ...withoutUuid(vbd),
    VM: vm,
    VDI: vdi,
    empty: vdi === nullRef,
    currently_attached: false,
    current_operations: {},
    metrics: database.create('VBD_metrics', {}),
  });
  updateVbdOperations(world, copy);
}

function copyCard(world: World, vm: string, vif: string, kind: Kind): void {
  const { MAC, ...fields } = withoutUuid(world.database.get('VIF', vif));
  const copied = { ...fields, VM: vm, MAC: kind === 'snapshot' ? (MAC ?? '') : '' };
  createVif(world, { ...copied, currently_attached: false, current_operations: {} });
}

function copy(context: CallContext, vm: string, name: string, sr: string): Promise<string> {
  if (context.world.database.find('SR', sr)?.['content_type'] === 'iso') {
    throw new ApiError('OPERATION_NOT_ALLOWED', "Cannot copy a VM's disks to an ISO SR");
  }
  return copyVm(context, vm, name, 'copy');
}

export const vmCloneCalls: Handlers = {
  snapshot: (context, vm, name) => copyVm(context, text(vm), text(name), 'snapshot'),
  clone: (context, vm, name) => copyVm(context, text(vm), text(name), 'clone'),
  // Templates of 5.6 have no disks: copying to an SR is the same as cloning.
  copy: (context, vm, name, sr) => copy(context, text(vm), text(name), text(sr)),
};
