import { releaseClaim, takeClaim } from '../claim.ts';
import type { ActionKind } from './action.ts';

/** One VM of a name: the host itself says who may make it. */
export const claimKind: ActionKind<'claim'> = {
  describe: ({ name }) => ({ step: 'claim the name', before: '', after: name, xe: [], undo: [] }),
  perform: ({ name }, { session, context, progress }) => takeClaim(name, session, context, progress),
  // Taking it again finds it taken by this very run.
  happened: () => Promise.resolve(false),
  repeatable: true,
  async undo({ name }, { session, context, progress }) {
    await releaseClaim(name, session, context, progress.id);
    return null;
  },
};
