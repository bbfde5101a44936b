import { xe } from '../../text/shell.ts';
import { ref } from '../../xapi/records.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord } from './record.ts';

/** The first network card. An empty MAC lets the host make one. */
export const addVifKind: ActionKind<'add-vif'> = {
  describe({ network, mac }, { uuid }) {
    const own = mac === '' ? {} : { mac };
    return {
      step: 'add network card',
      before: '',
      after: mac || 'MAC made by the host',
      xe: [xe('vif-create', { 'vm-uuid': uuid, 'network-uuid': network.uuid, device: '0', ...own })],
      undo: [],
    };
  },
  async perform({ network, mac }, bench) {
    // Every field of the constructor is required by 5.6.
    const record = {
      device: '0',
      network: network.ref,
      VM: selfOf(bench),
      MAC: mac,
      MTU: '1500',
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    };
    await bench.session.call('VIF.create', [record], ref);
  },
  happened: async (_, bench) => (await readRecord(bench.session, selfOf(bench))).VIFs.length > 0,
  repeatable: true,
  undo: nothingToUndo,
};
