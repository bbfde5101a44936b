import { formatMark, markKeys, readMark, staleMarks } from '../../boot/marks.ts';
import type { Action } from '../plan.ts';
import { allOf } from '../rounds.ts';
import { type ActionKind, type Bench, selfOf } from './action.ts';
import { readRecord, setKey } from './record.ts';

/** What xenfai remembers on the VM. Writing one also drops what a clone inherited from another VM. */
export const markKind: ActionKind<'mark'> = {
  describe: ({ name }) => ({
    step: `note ${name}`,
    before: '',
    after: markKeys[name],
    // A mark names this run and this moment: there is no line that writes the same.
    xe: [],
    undo: [],
  }),
  async perform(action, bench) {
    const { session, context, progress } = bench;
    const self = selfOf(bench);
    const { uuid, gone } = await whatGoes(action, bench);
    const now = context.host.now();
    now.catch(() => {});
    await allOf(gone.map((one) => setKey(session, self, one, null, true)));
    const at = (await now).toISOString();
    const mark = { vm: uuid, run: progress.id, at, by: context.by, ...action.fields };
    await setKey(session, self, markKeys[action.name], formatMark(mark), false);
  },
  async happened({ name }, bench) {
    const { other_config, uuid } = await readRecord(bench.session, selfOf(bench));
    return readMark(other_config, name, uuid)?.run === bench.progress.id;
  },
  repeatable: true,
  async undo({ name, before }, bench) {
    const { other_config, uuid } = await readRecord(bench.session, selfOf(bench));
    const now = other_config[markKeys[name]] ?? null;
    if (now === before) return null;
    const mark = readMark(other_config, name, uuid);
    // Another run has written its own since.
    if (mark !== null && mark.run !== bench.progress.id) return null;
    await setKey(bench.session, selfOf(bench), markKeys[name], before, true);
    return null;
  },
};

/** Whose mark it will be, and the keys that go before it is written. The plan knows; of a new object the record does. */
async function whatGoes(
  { name, before, stale }: Action<'mark'>,
  bench: Bench,
): Promise<{ uuid: string; gone: string[] }> {
  const key = markKeys[name];
  if (stale !== undefined && bench.progress.uuid !== '')
    return { uuid: bench.progress.uuid, gone: [...new Set([...stale, ...(before === null ? [] : [key])])] };
  const { uuid, other_config } = await readRecord(bench.session, selfOf(bench));
  const present = other_config[key] === undefined ? [] : [key];
  return { uuid, gone: [...new Set([...staleMarks(other_config, uuid), ...present])] };
}
