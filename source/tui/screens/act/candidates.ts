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

/** Every VM for this work, those that it is meant for first; where it does not fit they say why. Made once for each state of the host. */
const candidatesFor = memoLast((fleet: Fleet, work: PickWork, seconds: number): readonly Candidate[] => {
  const all = sortedInstalls(fleet).map(
    (install): Candidate => ({
      ref: install.vm.ref,
      name: install.vm.record.name_label,
      look: lookOf(install, seconds * 1000),
      reason: reasons[work](install.vm.record, install.state.state),
      doubt:
        work === 'start' && install.state.state === 'half-armed' ? `missing ${install.state.missing.join(' ')}` : '',
    }),
  );
  return all.toSorted((a, b) => rankOf(a, work) - rankOf(b, work));
});

/** One that this work is made for; of the others some can be chosen, too. */
const isMeant = ({ reason, look }: Candidate, work: PickWork): boolean =>
  reason === null && (work !== 'start' || look === 'armed');

const rankOf = (candidate: Candidate, work: PickWork): number =>
  candidate.reason !== null ? 2 : isMeant(candidate, work) ? 0 : 1;

/** What one key ticks: of those shown, all that the work is meant for. */
export const meantRefs = (scene: ActScene): readonly Ref[] =>
  candidateRows(scene).flatMap((candidate) => (isMeant(candidate, scene.own.work) ? [candidate.ref] : []));

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
  const { ticked } = scene.own.list;
  if (ticked.size === 0) return [];
  return candidatesOf(scene).flatMap(({ ref, reason }) => (reason === null && ticked.has(ref) ? [ref] : []));
}
