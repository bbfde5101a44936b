import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, cloneLenny, failure, lenny, open, provisioned, storageUuid } from './calls.ts';

let sim: Simulator;
let host: BareHost;
beforeAll(async () => {
  sim = await simulator();
  host = await open(sim);
});
afterAll(async () => {
  await host.close();
  await sim.stop();
});

const call = caller(() => host);
const template = () => lenny(call);
const clone = (name: string) => cloneLenny(call, name);

describe('clone and provision', () => {
  test('a clone stays a template, keeps the words, loses default_template, gets its own mac_seed', async () => {
    const original = await call('VM.get_record', await template());
    const record = await call('VM.get_record', await clone('copy'));
    expect(record).toMatchObject({
      is_a_template: true,
      PV_args: original.PV_args,
      PV_bootloader: 'eliloader',
      parent: await template(),
    });
    expect(record.other_config.default_template).toBeUndefined();
    expect(record.other_config.mac_seed).not.toBe(original.other_config.mac_seed);
    expect(record.allowed_operations).toEqual(expect.arrayContaining(['clone', 'provision', 'destroy']));
    expect(record.allowed_operations).not.toContain('start');
  });

  test('sr="" fails, and the template flag is gone all the same', async () => {
    const vm = await clone('no storage');
    expect(await failure(call('VM.provision', vm))).toEqual(['UUID_INVALID', 'sr', '']);
    expect(await call('VM.get_is_a_template', vm)).toBe(false);
    expect(await failure(call('VM.provision', vm))).toEqual(['PROVISION_ONLY_ALLOWED_ON_TEMPLATE']);
  });

  const ordered = async (name: string, disks: string) => {
    const vm = await clone(name);
    await call('VM.remove_from_other_config', vm, 'disks');
    await call('VM.add_to_other_config', vm, 'disks', disks.replaceAll('SR', await storageUuid(call)));
    return vm as string;
  };
  const isTemplate = (vm: string) => call('VM.get_is_a_template', vm);

  test('disks that cannot be read leave a template', async () => {
    const bad = ['Xml.Error(_)', 'Xapi_templates.Parse_failure'];
    for (const [disks, why] of [
      ['<provision', bad[0]],
      ['', bad[0]],
      ['<foo/>', bad[1]],
      ['<provision><disc/></provision>', bad[1]],
      ['<provision><disk device="0" size="8g" sr="SR" bootable="true"/></provision>', bad[1]],
      ['<provision><disk device="0" size="1" sr="SR"/></provision>', bad[1]],
      ['<provision>a disk</provision>', bad[1]],
    ] as const) {
      const vm = await ordered('unreadable', disks);
      expect(await failure(call('VM.provision', vm))).toEqual(['INTERNAL_ERROR', why]);
      expect(await isTemplate(vm)).toBe(true);
    }
  });

  test('disks are XML: a declaration, single quotes and another type are fine', async () => {
    const vm = await ordered(
      'quotes',
      `<?xml version='1.0'?>\n<provision>\n <disk device='1' size='0x100000' sr='SR' bootable='no' type='zzz'></disk>\n</provision>`,
    );
    await call('VM.provision', vm);
    const vbd = await call('VBD.get_record', (await call('VM.get_VBDs', vm))[0]);
    expect(vbd).toMatchObject({ userdevice: '1', device: '', bootable: false, currently_attached: false });
    expect(await call('VDI.get_record', vbd.VDI)).toMatchObject({ virtual_size: '1048576', type: 'system' });
    expect(await call('VBD_metrics.get_record', vbd.metrics)).toMatchObject({ io_read_kbs: 0 });
  });

  test('one device twice: the first disk stays, and so does the order; no disks keep theirs, too', async () => {
    const disk = '<disk device="0" size="1" sr="SR" bootable="true" type="system"/>';
    const twice = await ordered('twice', `<provision>${disk}${disk}</provision>`);
    expect(await failure(call('VM.provision', twice))).toEqual(['DEVICE_ALREADY_EXISTS', '0']);
    expect(await isTemplate(twice)).toBe(false);
    expect(await call('VM.get_VBDs', twice)).toHaveLength(1);
    const zz = await ordered('zz', `<provision>${disk.replace('"0"', '"zz"')}</provision>`);
    expect(await failure(call('VM.provision', zz))).toEqual(['INVALID_DEVICE', 'zz']);
    const none = await ordered('none', '<provision/>');
    await call('VM.provision', none);
    expect((await call('VM.get_other_config', none)).disks).toBe('<provision/>');
  });

  test('a snapshot takes the place of its VM, and its disks and cards are copies that know it', async () => {
    const vm = await provisioned(call, 'snapped');
    const network = (await call('network.get_all'))[0];
    const card = { device: '0', network, VM: vm, MAC: '', MTU: '1500', other_config: {} };
    await call('VIF.create', { ...card, qos_algorithm_type: '', qos_algorithm_params: {} });
    const origin = await call('VM.get_parent', vm);
    const snapshot = await call('VM.get_record', await call('VM.snapshot', vm, 'before'));
    expect(snapshot).toMatchObject({
      parent: origin,
      is_a_snapshot: true,
      snapshot_of: vm,
      snapshot_info: { 'disk-snapshot-type': 'crash_consistent', 'power-state-at-snapshot': 'Halted' },
      snapshot_metadata: expect.stringContaining("('name_label' 'snapped')"),
    });
    const after = await call('VM.get_record', vm);
    expect((await call('VM.get_record', after.parent)).uuid).toBe(snapshot.uuid);
    const mine = await call('VBD.get_VDI', after.VBDs[0]);
    expect(await call('VDI.get_record', await call('VBD.get_VDI', snapshot.VBDs[0]))).toMatchObject({
      is_a_snapshot: true,
      snapshot_of: mine,
    });
    expect(await call('VIF.get_MAC', snapshot.VIFs[0])).toBe(await call('VIF.get_MAC', after.VIFs[0]));
    const metrics = await call('VBD.get_metrics', snapshot.VBDs[0]);
    await call('VM.destroy', after.parent);
    expect(await call('VM.get_parent', vm)).toBe(origin);
    expect(await failure(call('VBD_metrics.get_uuid', metrics))).toEqual(['HANDLE_INVALID', 'VBD_metrics', metrics]);
    expect(await failure(call('VM.revert', vm))).toEqual(['REVERT_ONLY_ALLOWED_ON_SNAPSHOT']);
  });

  test('a template again has no metrics any more', async () => {
    const vm = await provisioned(call, 'back');
    const metrics = await call('VM.get_metrics', vm);
    await call('VM.set_is_a_template', vm, true);
    expect(await failure(call('VM_metrics.get_record', metrics))).toEqual(['HANDLE_INVALID', 'VM_metrics', metrics]);
    expect(await failure(call('VM.set_is_a_template', vm, true))).toEqual([
      'VM_IS_TEMPLATE',
      vm,
      'make_into_template',
    ]);
  });

  test('with a storage it makes the disk, marks it owned, and drops the words', async () => {
    const vm = await provisioned(call, 'storage');
    const record = await call('VM.get_record', vm);
    expect(record.other_config.disks).toBeUndefined();
    const vbd = await call('VBD.get_record', record.VBDs[0]);
    expect(vbd).toMatchObject({ userdevice: '0', bootable: true, other_config: { owner: '' } });
    expect(await call('VDI.get_record', vbd.VDI)).toMatchObject({ virtual_size: '8589934592', name_label: '0' });
  });

  test('a template does what templates may', async () => {
    expect(await failure(call('VM.start', await template(), false, false))).toEqual([
      'VM_IS_TEMPLATE',
      await template(),
      'start',
    ]);
    expect(await failure(call('VM.destroy', await template()))).toEqual([
      'VM_IS_TEMPLATE',
      await template(),
      'destroy',
    ]);
  });
});
