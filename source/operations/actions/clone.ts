import { xe } from '../../text/shell.ts';
import { isNull, ref, refs, uuid } from '../../xapi/records.ts';
import { runTask } from '../../xapi/task.ts';
import { destroyWithDisks } from '../destroy.ts';
import type { Action } from '../plan.ts';
import type { ActionKind, Bench } from './action.ts';
import { refIn } from './task-result.ts';
import { cameOut } from './under-way.ts';

/** Makes the object this run acts on. Its name carries the run, so that it can be found whatever happens. */
export const cloneKind: ActionKind<'clone'> = {
  describe({ source, label, sr }, { uuid: self, kind }) {
    const into = 'VM' as const;
    // vm-install clones, puts the storage into the disks and makes them: three of our steps. It also writes a
    // description of its own (cli_operations.ml), where a clone keeps the template's.
    const lines =
      sr === undefined
        ? [{ ...xe('vm-clone', { uuid: source.uuid, 'new-name-label': label }), into }]
        : [
            { ...xe('vm-install', { template: source.uuid, 'new-name-label': label, 'sr-uuid': sr }), into },
            xe('vm-param-set', { uuid: self, 'name-description': source.description }),
          ];
    const undo =
      kind === 'template'
        ? xe('template-uninstall', { 'template-uuid': self, force: 'true' })
        : xe('vm-uninstall', { uuid: self, force: 'true' });
    return { step: 'clone', before: '', after: label, xe: lines, undo: [undo] };
  },
  async perform({ source, label }, { session, context, progress }) {
    progress.ref = refIn(await runTask(session, 'VM.clone', [source.ref, label], context.signal));
    progress.uuid = await session.call('VM.get_uuid', [progress.ref], uuid);
  },
  happened: (action, bench) => cameOut('VM.clone', () => adopt(action, bench), bench),
  repeatable: true,
  async undo(action, bench) {
    if (bench.progress.ref === null && !(await adopt(action, bench))) return null;
    if (bench.progress.ref !== null) await destroyWithDisks(bench.session, bench.progress.ref);
    return null;
  },
};

/** Finds what was made by its name, which carries this run, and by its parent. Nothing else is ever taken for ours. */
async function adopt({ source, label }: Action<'clone'>, { session, progress }: Bench): Promise<boolean> {
  if (progress.ref === null) {
    for (const candidate of await session.call('VM.get_by_name_label', [label], refs)) {
      const parent = await session.call('VM.get_parent', [candidate], ref);
      // Later releases record a parent for snapshots only.
      if (parent === source.ref || isNull(parent)) progress.ref = candidate;
    }
  }
  if (progress.ref === null) return false;
  if (progress.uuid === '') progress.uuid = await session.call('VM.get_uuid', [progress.ref], uuid);
  return true;
}
