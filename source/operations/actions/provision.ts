import { runTask } from '../../xapi/task.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord } from './record.ts';

/** The template becomes a VM, with the disks its `disks` key asks for. */
export const provisionKind: ActionKind<'provision'> = {
  describe: () => ({
    step: 'make the disks',
    before: 'a template',
    after: 'a VM with its disks',
    // vm-install has done it.
    xe: [],
    undo: [],
  }),
  async perform(_, bench) {
    await runTask(bench.session, 'VM.provision', [selfOf(bench)], bench.context.signal);
  },
  async happened(_, bench) {
    const { is_a_template, other_config } = await readRecord(bench.session, selfOf(bench));
    if (is_a_template) return false;
    // The flag falls first, the key goes last (xapi_templates.ml): in between only some of the disks are there.
    return other_config['disks'] === undefined ? true : null;
  },
  repeatable: true,
  undo: nothingToUndo,
};
