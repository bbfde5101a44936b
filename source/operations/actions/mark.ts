import { formatMark, markKeys, readMark, staleMarks } from '../../boot/marks.ts';
import { type ActionKind, selfOf } from './action.ts';
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
  async perform({ name, fields }, bench) {
    const { session, context, progress } = bench;
    const self = selfOf(bench);
    const record = await readRecord(session, self);
    const key = markKeys[name];
    for (const stale of staleMarks(record.other_config, record.uuid)) {
      if (stale !== key) await setKey(session, self, stale, null, true);
    }
    const at = (await context.host.now()).toISOString();
    const mark = { vm: record.uuid, run: progress.id, at, by: context.by, ...fields };
    await setKey(session, self, key, formatMark(mark), record.other_config[key] !== undefined);
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
