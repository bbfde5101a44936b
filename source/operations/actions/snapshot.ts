import { xe } from '../../text/shell.ts';
import { refs } from '../../xapi/records.ts';
import { runTask } from '../../xapi/task.ts';
import { destroyWithDisks } from '../destroy.ts';
import { type ActionKind, type Bench, selfOf } from './action.ts';
import { readRecord } from './record.ts';
import { refIn } from './task-result.ts';
import { cameOut } from './under-way.ts';

/** A snapshot with its disks; its label names the run, so that two are never confused. */
export const snapshotKind: ActionKind<'snapshot'> = {
  describe: ({ label }, { uuid }) => ({
    step: 'snapshot',
    before: '',
    after: label,
    xe: [xe('vm-snapshot', { uuid, 'new-name-label': label })],
    undo: [{ shell: ['xe', 'snapshot-uninstall', { set: 'snapshot-uuid', to: 'UUID' }, '--force'] }],
  }),
  async perform({ label }, bench) {
    const result = await runTask(bench.session, 'VM.snapshot', [selfOf(bench), label], bench.context.signal);
    bench.progress.snapshot = refIn(result);
  },
  happened: ({ label }, bench) => cameOut('VM.snapshot', () => find(label, bench), bench),
  repeatable: true,
  async undo({ label }, bench) {
    const { progress, session } = bench;
    if (progress.snapshot === null && !(await find(label, bench))) return null;
    if (progress.snapshot !== null) await destroyWithDisks(session, progress.snapshot);
    return null;
  },
};

async function find(label: string, bench: Bench): Promise<boolean> {
  for (const one of await bench.session.call('VM.get_by_name_label', [label], refs)) {
    const record = await readRecord(bench.session, one);
    if (record.is_a_snapshot && record.snapshot_of === selfOf(bench)) bench.progress.snapshot = one;
  }
  return bench.progress.snapshot !== null;
}
