import { exit } from '../../problem/exit.ts';
import { fail } from '../../problem/problem.ts';
import { xe } from '../../text/shell.ts';
import { nothing, refs } from '../../xapi/records.ts';
import { hasClaim, holdsClaim, releaseClaim } from '../claim.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord } from './record.ts';

/**
 * The real name, as the last step: what has it is whole. The claim must still be ours, and nobody may have the name;
 * then the claim has done its work.
 */
export const giveNameKind: ActionKind<'give-name'> = {
  describe: ({ name, label }, { uuid, kind }) => ({
    step: 'set name-label',
    before: label,
    after: name,
    xe: [xe(`${kind}-param-set`, { uuid, 'name-label': name })],
    undo: [],
  }),
  async perform({ name }, bench) {
    const { session, context, progress } = bench;
    const self = selfOf(bench);
    const others = (await session.call('VM.get_by_name_label', [name], refs)).filter((one) => one !== self);
    if (others.length > 0 || !(await holdsClaim(name, session, context, progress))) taken(name);
    await session.call('VM.set_name_label', [self, name], nothing);
    await releaseClaim(name, session, context, progress.id);
  },
  /** Named, and the claim given back: with only the first of it done it is done once more. */
  async happened({ name }, bench) {
    const { session, context, progress } = bench;
    const { name_label } = await readRecord(session, selfOf(bench));
    return name_label === name && !(await hasClaim(name, session, context, progress.id));
  },
  repeatable: true,
  undo: nothingToUndo,
};

function taken(name: string): never {
  return fail({
    code: 'name-taken',
    exit: exit.refused,
    message: `Somebody else has made "${name}" in the meantime.`,
    try: [{ act: 'list-vms' }, 'Choose another name.'],
  });
}
