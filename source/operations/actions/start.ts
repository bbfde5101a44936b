import { xe } from '../../text/shell.ts';
import { pause } from '../../xapi/pause.ts';
import { runTask } from '../../xapi/task.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord } from './record.ts';

const looks = 40;
const lookEvery = 500;

/** Boots the VM. Never repeated: a start that was lost may have spent the one attempt. */
export const startKind: ActionKind<'start'> = {
  describe: (_, { uuid }) => ({
    step: 'start',
    before: 'halted',
    after: 'running',
    xe: [xe('vm-start', { uuid })],
    undo: [xe('vm-shutdown', { uuid })],
  }),
  async perform(_, bench) {
    await runTask(bench.session, 'VM.start', [selfOf(bench), false, false], bench.context.signal);
  },
  async happened(_, bench) {
    for (let look = 0; look < looks; look += 1) {
      const { power_state, current_operations } = await readRecord(bench.session, selfOf(bench));
      if (power_state === 'Running') return true;
      if (Object.keys(current_operations).length === 0) return null;
      await pause(lookEvery, bench.context.signal);
    }
    return null;
  },
  repeatable: false,
  undo: nothingToUndo,
};
