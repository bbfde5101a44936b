import { bodySize } from '../../app/frame.ts';
import { helpKey, quitKey } from '../../app/layers.ts';
import { dom0Line } from '../../app/problem-rows.ts';
import type { SceneBinding, SceneForm } from '../../app/screen.ts';
import { back, change, flash, go, share, writeReason } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { focusOn } from '../../kit/form.ts';
import { formKeys } from '../../kit/form-keys.ts';
import { scrollKeys } from '../../kit/scroll-keys.ts';
import { actPlace } from '../act/place.ts';
import { configurePlace } from '../configure/place.ts';
import { notDone, stageReason } from './reasons.ts';
import { check, setStage, stageFiles } from './reduce.ts';
import { type StageAnswers, stageFields, type VerifyCommand, type VerifyScene, type VerifyState } from './state.ts';
import { verifyRows } from './view.ts';

type Key = SceneBinding<VerifyState, VerifyCommand>;

const lineForDom0 = ({ own }: VerifyScene): string | undefined => dom0Line(own.result?.findings ?? []);

export const verifyKeys: readonly Key[] = [
  {
    keys: ['enter'],
    label: 'go on',
    help: 'go on, if both files are good',
    disabled: ({ own: { result } }) =>
      result?.ok ? null : result === null ? notDone : 'The check failed: o goes on all the same.',
    run: (scene) => stay(go(share(scene, { overridden: false }), actPlace)),
  },
  { keys: ['r'], label: 'again', help: 'fetch both files again', run: check },
  {
    keys: ['o'],
    label: 'go on anyway',
    help: 'go on over a failed check: the one attempt will probably be wasted',
    disabled: ({ own: { result } }) =>
      result === null ? notDone : result.ok ? 'The check is good: Enter goes on.' : null,
    run: (scene) => stay(go(share(scene, { overridden: true }), actPlace)),
  },
  {
    keys: ['t'],
    label: 'stage',
    help: 'put kernel and initrd into the repository, from an nfsroot or files',
    disabled: stageReason,
    run: (scene) => stay(setStage(scene, { open: true, form: focusOn(stageFields, scene.own.stage.form, 0) })),
  },
  {
    keys: ['y'],
    label: "copy dom0's line",
    help: 'the line that asks for the files in dom0, into the clipboard (OSC 52)',
    hidden: true,
    disabled: (scene) => (lineForDom0(scene) === undefined ? 'There is no line for dom0 yet.' : null),
    run: (scene) =>
      stay(flash(scene, 'Sent to the clipboard of your terminal (if it allows that).', 'good'), {
        app: 'copy',
        text: lineForDom0(scene) ?? '',
      }),
  },
  ...scrollKeys<VerifyScene>({
    scroll: ({ own }) => own.scroll,
    put: (scene, scroll) => change(scene, { scroll }),
    extent(scene) {
      const size = bodySize(scene.shared);
      return { rows: verifyRows(scene, size).length, height: size.height };
    },
  }),
  {
    keys: ['escape'],
    label: 'back',
    help: 'one step back; nothing you typed is lost',
    run: (scene) =>
      scene.own.running
        ? stay(back(change(scene, { running: false }), configurePlace), { app: 'cancel' })
        : stay(back(scene, configurePlace)),
  },
  helpKey(),
  quitKey(),
];

export const stageForm: SceneForm<VerifyState, VerifyCommand, StageAnswers> = {
  form: ({ own }) => own.stage.form,
  put: (scene, form) => setStage(scene, { form }),
  fields: () => stageFields,
  submit: stageFiles,
  last: 'put there',
  help: 'the next field; on the last line: put the files there and check again',
  disabled: (scene) => writeReason(scene, 'files'),
};

export const stageKeys: readonly Key[] = [
  ...formKeys(stageForm),
  {
    keys: ['escape'],
    label: 'back',
    help: 'one step back; nothing you typed is lost',
    run: (scene) => stay(setStage(scene, { open: false, problem: null })),
  },
  helpKey(),
];

export const stagingKeys: readonly Key[] = [
  {
    keys: ['escape'],
    label: 'cancel',
    help: 'stop copying; what was there stays',
    run: (scene) => stay(setStage(scene, { running: false }), { app: 'cancel' }),
  },
  helpKey(),
];
