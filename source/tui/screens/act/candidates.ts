import type { Fleet } from '../../../watch/fleet.ts';
import type { Ref } from '../../../xapi/records.ts';
import { lookOf, sortedInstalls } from '../../app/installs.ts';
import { canRearmRecord, canRepairRecord, canStartRecord, type Reason } from '../../app/reasons.ts';
import { memoLast } from '../../kit/memo.ts';
import { type ActScene, type Candidate, type PickWork, shownCandidates } from './state.ts';

const reasons: Readonly<Record<PickWork, Reason>> = {
  start: canStartRecord,
  rearm: canRearmRecord,
  repair: canRepairRecord,
};

/** Every VM for this work, those that it fits first; the others say why not. Made once for each state of the host. */
const candidatesFor = memoLast((fleet: Fleet, work: PickWork, seconds: number): readonly Candidate[] => {
  const all = sortedInstalls(fleet).map(
    (install): Candidate => ({
      ref: install.vm.ref,
      name: install.vm.record.name_label,
      look: lookOf(install, seconds * 1000),
      reason: reasons[work](install.vm.record, install.state.state),
    }),
  );
  return [...all.filter(({ reason }) => reason === null), ...all.filter(({ reason }) => reason !== null)];
});

export const candidatesOf = ({ shared, own }: ActScene): readonly Candidate[] =>
  candidatesFor(shared.fleet, own.work, Math.floor(shared.now / 1000));

export const candidateRows = (scene: ActScene): readonly Candidate[] =>
  shownCandidates(candidatesOf(scene), scene.own);

/** The one under the cursor: the one selected, or the first. */
export function candidateAt(scene: ActScene): Candidate | undefined {
  const rows = candidateRows(scene);
  return rows.find(({ ref }) => ref === scene.own.list.selected) ?? rows[0];
}

/** Those ticked that this work still fits. */
export function tickedRefs(scene: ActScene): readonly Ref[] {
  const { ticked } = scene.own;
  if (ticked.length === 0) return ticked;
  const fitting = new Set(candidatesOf(scene).flatMap(({ ref, reason }) => (reason === null ? [ref] : [])));
  return ticked.filter((ref) => fitting.has(ref));
}
