import { xe } from '../../text/shell.ts';
import { nothing } from '../../xapi/records.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord } from './record.ts';

/** at_startup may never exceed max: raise max first, lower at_startup first. */
export const setVcpusKind: ActionKind<'set-vcpus'> = {
  describe({ count }, { uuid }) {
    const set = (name: string) => xe('vm-param-set', { uuid, [name]: String(count) });
    return {
      step: 'set VCPUs',
      before: '',
      after: String(count),
      xe: [set('VCPUs-max'), set('VCPUs-at-startup')],
      undo: [],
    };
  },
  async perform({ count }, bench) {
    const { VCPUs_max: most } = await readRecord(bench.session, selfOf(bench));
    const names = count > most ? ['VCPUs_max', 'VCPUs_at_startup'] : ['VCPUs_at_startup', 'VCPUs_max'];
    for (const name of names) await bench.session.call(`VM.set_${name}`, [selfOf(bench), String(count)], nothing);
  },
  async happened({ count }, bench) {
    const { VCPUs_max, VCPUs_at_startup } = await readRecord(bench.session, selfOf(bench));
    return VCPUs_max === count && VCPUs_at_startup === count;
  },
  repeatable: true,
  undo: nothingToUndo,
};
