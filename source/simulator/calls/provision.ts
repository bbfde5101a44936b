import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import type { Model } from '../model.ts';
import { int64OfString } from '../ocaml.ts';
import type { World } from '../world.ts';
import { parseXml, type Xml, XmlError } from '../xml.ts';
import { type CallContext, fieldsOf, type Handlers, text } from './context.ts';
import { createVbd } from './devices.ts';
import { createDisk } from './disks.ts';
import { withOperation } from './vm-operations.ts';

interface DiskOrder {
  readonly device: string;
  readonly size: number;
  readonly sr: string;
  readonly bootable: boolean;
  readonly type: string;
}

const diskTypes = ['system', 'user', 'ephemeral', 'suspend', 'crashdump'];

/**
 * The disks a template orders, from the `disks` of its other_config (xapi_templates.ml): `<provision>` with `<disk>`s
 * and nothing else. Errors: INTERNAL_ERROR, with the name of the exception as OCaml prints it.
 */
export function parseDisks(document: string, reader: Model['reader'] = 'xmlrpc'): DiskOrder[] {
  try {
    const root = parseXml(document);
    if (root.tag !== 'provision' || Object.keys(root.attributes).length > 0) throw new Error('not a provision');
    return root.children.map(diskOrder);
  } catch (error) {
    // Xmlm says where; what else than an end that came too soon it would have to say is not told apart here.
    const told = `XML Error: unexpected end of input line ${document.split('\n').length}`;
    const words = reader === 'rpc-light' ? told : 'Xml.Error(_)';
    const name = error instanceof XmlError ? words : 'Xapi_templates.Parse_failure';
    throw new ApiError('INTERNAL_ERROR', name);
  }
}

function diskOrder(xml: Xml): DiskOrder {
  if (typeof xml === 'string' || xml.tag !== 'disk' || xml.children.length > 0) throw new Error('not a disk');
  const { device, size, sr, bootable, type = '' } = xml.attributes;
  if (device === undefined || size === undefined || sr === undefined || bootable === undefined) {
    throw new Error('a disk needs device, size, sr and bootable');
  }
  return {
    device,
    size: Number(int64OfString(size)),
    sr,
    bootable: bootable === 'true',
    type: diskTypes.includes(type) ? type : 'system',
  };
}

/**
 * A template becomes a VM. `disks` is read before the flag falls (message_forwarding.ml), so what cannot be read
 * leaves a template; the flag falls before the disks are made, and what of them was made stays when the next fails.
 */
function provision(context: CallContext, vm: string): Promise<string> {
  const { world } = context;
  return withOperation(context, vm, 'provision', () => {
    const { disks, postinstall } = fieldsOf(world.database.get('VM', vm)['other_config']);
    const orders = disks === undefined ? [] : parseDisks(text(disks), world.profile.model.reader);
    setTemplate(world, vm, false);
    if (orders.length > 0 || postinstall !== undefined) {
      for (const order of orders) makeDisk(world, vm, order);
      world.database.removeKey('VM', vm, 'other_config', 'disks');
      world.database.removeKey('VM', vm, 'other_config', 'postinstall');
    }
    if (world.quirks.has('lose-pv-args')) world.database.set('VM', vm, 'PV_args', '');
    return '';
  });
}

function makeDisk(world: World, vm: string, order: DiskOrder): void {
  const { database } = world;
  const [sr] = [...database.all('SR')].find(([, record]) => record['uuid'] === order.sr) ?? [];
  if (sr === undefined) throw new ApiError('UUID_INVALID', 'sr', order.sr);
  const vdi = createDisk(world, {
    SR: sr,
    virtual_size: order.size,
    type: order.type,
    name_description: 'Created by template provisioner',
    sm_config: { vmhint: text(database.get('VM', vm)['uuid']) },
  });
  const vbd = createVbd(world, {
    VM: vm,
    VDI: vdi,
    userdevice: order.device,
    bootable: order.bootable,
    mode: 'RW',
    type: 'Disk',
    unpluggable: order.type !== 'system',
    empty: false,
    other_config: { owner: '' },
  });
  database.set('VDI', vdi, 'name_label', text(database.get('VBD', vbd)['userdevice']));
}

/** No longer a template: that is called the time of installation. A template again: its metrics go. */
function setTemplate(world: World, vm: string, value: boolean): void {
  const { database } = world;
  const metrics = text(database.get('VM', vm)['metrics']);
  if (database.find('VM_metrics', metrics) !== undefined) {
    if (value) database.destroy('VM_metrics', metrics);
    else database.set('VM_metrics', metrics, 'install_time', hostTime(world.clock.now()));
  }
  database.set('VM', vm, 'is_a_template', value);
}

export const provisionCalls: Handlers = {
  provision: (context, vm) => provision(context, text(vm)),
  set_is_a_template(context, vm, value) {
    const set = () => {
      setTemplate(context.world, text(vm), value === true);
      return '';
    };
    return value === true ? withOperation(context, text(vm), 'make_into_template', set) : set();
  },
};
