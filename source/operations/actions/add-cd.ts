import { xe } from '../../text/shell.ts';
import { ref, vbdRecord } from '../../xapi/records.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord } from './record.ts';

/** A CD drive with a disc in it; xapi wants it read-only (xapi_vbd_helpers.ml). */
export const addCdKind: ActionKind<'add-cd'> = {
  describe({ vdi, device }, { uuid }) {
    const words = { 'vm-uuid': uuid, 'vdi-uuid': vdi.uuid, device, type: 'CD', mode: 'RO' };
    return { step: 'add CD drive', before: '', after: vdi.name, xe: [xe('vbd-create', words)], undo: [] };
  },
  async perform({ vdi, device }, bench) {
    const record = {
      VM: selfOf(bench),
      VDI: vdi.ref,
      userdevice: device,
      bootable: false,
      mode: 'RO',
      type: 'CD',
      unpluggable: true,
      empty: false,
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    };
    await bench.session.call('VBD.create', [record], ref);
  },
  async happened({ device }, bench) {
    for (const vbd of (await readRecord(bench.session, selfOf(bench))).VBDs) {
      if ((await bench.session.call('VBD.get_record', [vbd], vbdRecord)).userdevice === device) return true;
    }
    return false;
  },
  repeatable: true,
  undo: nothingToUndo,
};
