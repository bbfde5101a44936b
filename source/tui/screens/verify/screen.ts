import type { Screen } from '../../app/screen.ts';
import { typeIn } from '../../kit/form-keys.ts';
import { stageForm, stageKeys, stagingKeys, verifyKeys } from './keys.ts';
import { verifyPlace } from './place.ts';
import { noticeVerify, reduceVerify } from './reduce.ts';
import {
  stageTerms,
  startVerify,
  type VerifyCommand,
  type VerifyEvent,
  type VerifyState,
  verifyTerms,
} from './state.ts';
import { stageView, verifyView } from './view.ts';

/** Step 4: the two files, and a form that puts them where they belong. */
export const verify: Screen<'verify', VerifyState, VerifyEvent, VerifyCommand> = {
  name: 'verify',
  place: verifyPlace,
  start: startVerify,
  layers({ own: { stage } }) {
    const below = [{ keys: verifyKeys, view: verifyView, terms: () => verifyTerms }];
    if (!stage.open) return below;
    if (stage.running) return [...below, { keys: stagingKeys, view: stageView }];
    return [
      ...below,
      { keys: stageKeys, typed: (now, key) => typeIn(stageForm, now, key), view: stageView, terms: () => stageTerms },
    ];
  },
  reduce: reduceVerify,
  notice: noticeVerify,
  busy: ({ running, stage }) => running || stage.running,
  perform: async (command, work) => (await import('./effects.ts')).performVerify(command, work),
  failed: (command, problem) => ({ type: 'failed', during: command.do, problem }),
};
