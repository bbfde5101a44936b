import { bodySize } from '../../app/frame.ts';
import { helpKey } from '../../app/layers.ts';
import type { SceneBinding } from '../../app/screen.ts';
import { change, writeReason } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { scrollKeys } from '../../kit/scroll-keys.ts';
import { carryOut, close, madeOnly, refuse, setJob, startThem } from './reduce.ts';
import { type Job, type PlanCommand, type PlanScene, type PlanState, unfitReason, workable } from './state.ts';
import { jobText, noText } from './view.ts';

type Key = SceneBinding<PlanState, PlanCommand>;

const scrolling = scrollKeys<PlanScene>({
  scroll: ({ own }) => own.job?.scroll ?? 0,
  put: (scene, scroll) => setJob(scene, { scroll }),
  extent({ own: { job }, shared }) {
    const { rows, height } = job === null ? noText : jobText(job, bodySize(shared));
    return { rows: rows.length, height };
  },
});

const carryOutReason = (scene: PlanScene): string | null =>
  // Whether the account may do all of it was seen when it was planned.
  writeReason(scene, 'start') ?? (scene.own.job === null ? null : unfitReason(scene.own.job));

export const planningKeys: readonly Key[] = [
  {
    keys: ['escape'],
    label: 'cancel',
    help: 'do not do it',
    run: (scene) => stay(change(scene, { job: null }), { app: 'cancel' }),
  },
];

export const previewKeys: readonly Key[] = [
  {
    keys: ['enter'],
    label: 'do it',
    help: 'carry the plan out',
    disabled: (scene) =>
      scene.own.job?.dangerous ? 'This changes an existing VM: y carries it out.' : carryOutReason(scene),
    run: carryOut,
  },
  {
    keys: ['y'],
    label: 'yes, do it',
    shown: ({ own }) => own.job?.dangerous ?? false,
    help: 'carry out a plan that changes an existing VM',
    disabled: (scene) => {
      const { job } = scene.own;
      return job === null || workable(job).length === 0 ? 'There is nothing to carry out.' : carryOutReason(scene);
    },
    run: carryOut,
  },
  {
    keys: ['d'],
    label: 'details',
    shown: ({ own }) => (own.job?.entries.length ?? 0) > 1,
    help: 'each step of each VM with its xe line, or a row for each VM',
    run: (scene) => stay(setJob(scene, { details: !scene.own.job?.details, scroll: 0 })),
  },
  ...scrolling,
  { keys: ['escape', 'n'], label: 'no', help: 'do not do it', run: refuse },
  helpKey(),
];

/** What one comes to from a result. */
export const doneKeys = (job: Job): readonly Key[] => (madeOnly(job) ? madeKeys : resultKeys);

const resultKeys: readonly Key[] = [
  { keys: ['enter', 'escape'], label: 'go on', help: 'close this', run: close },
  {
    keys: ['s'],
    label: 'start them',
    help: 'start what was armed; its plan comes first',
    disabled: ({ own }) => (own.job?.startable.length ? null : 'There is nothing to start.'),
    run: startThem,
  },
  ...scrolling,
  helpKey(),
];

/** What this very plan has made has nothing to lose: to start it is the next step. */
const madeKeys: readonly Key[] = [
  { keys: ['enter', 's'], label: 'start', help: 'start what was made; its plan comes first', run: startThem },
  { keys: ['escape'], label: 'not now', help: 'leave it armed, and go to the fleet', run: close },
  ...scrolling,
  helpKey(),
];
