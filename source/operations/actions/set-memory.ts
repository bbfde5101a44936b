import { xe } from '../../text/shell.ts';
import { formatBytes } from '../../text/sizes.ts';
import { nothing } from '../../xapi/records.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord } from './record.ts';

/** All four limits at once: single setters fail half-way, and 5.6 without DMC wants dynamic equal to static max. */
export const setMemoryKind: ActionKind<'set-memory'> = {
  describe({ bytes, least }, { uuid }) {
    const all = String(bytes);
    const limits = { 'static-min': String(least), 'static-max': all, 'dynamic-min': all, 'dynamic-max': all };
    return {
      step: 'set memory',
      before: '',
      after: formatBytes(bytes),
      xe: [xe('vm-memory-limits-set', { uuid, ...limits })],
      undo: [],
    };
  },
  async perform({ bytes, least }, bench) {
    const all = String(bytes);
    await bench.session.call('VM.set_memory_limits', [selfOf(bench), String(least), all, all, all], nothing);
  },
  async happened({ bytes }, bench) {
    const { memory_static_max, memory_dynamic_max } = await readRecord(bench.session, selfOf(bench));
    return memory_static_max === bytes && memory_dynamic_max === bytes;
  },
  repeatable: true,
  undo: nothingToUndo,
};
