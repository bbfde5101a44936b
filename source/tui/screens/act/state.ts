import type { Problem } from '../../../problem/problem.ts';
import type { Ref } from '../../../xapi/records.ts';
import type { Scene, Shared } from '../../app/shared.ts';
import type { CreateAnswers, VmWork } from '../../app/work.ts';
import { type FormState, newForm } from '../../kit/form.ts';
import { emptyList, type ListState, matching } from '../../kit/list.ts';
import { memoLast } from '../../kit/memo.ts';
import type { InstallLook } from '../../kit/theme.ts';

/** Storage or a network that can be chosen. */
export interface Choice {
  readonly uuid: string;
  readonly label: string;
}

/** What one picks VMs for. */
export type PickWork = Exclude<VmWork, 'stop' | 'rearm and start'>;

/** A VM that one may pick. */
export interface Candidate {
  readonly ref: Ref;
  readonly name: string;
  readonly look: InstallLook;
  /** Why this work is nothing for it; null: it may be ticked. */
  readonly reason: string | null;
  /** What is doubtful about it all the same; empty: nothing. */
  readonly doubt: string;
}

export interface ActState {
  readonly view: 'menu' | 'create' | 'pick';
  readonly menu: ListState;
  /** Uuid of the template that the sizes in the form are of; another one starts anew. */
  readonly sizesOf: string | null;
  readonly form: FormState<CreateAnswers>;
  readonly srs: readonly Choice[];
  readonly networks: readonly Choice[];
  readonly problem: Problem | null;
  readonly work: PickWork;
  readonly list: ListState;
}

export type ActScene = Scene<ActState>;

export type ActEvent =
  | {
      readonly type: 'choices';
      readonly srs: readonly Choice[];
      readonly networks: readonly Choice[];
      readonly defaultSr: string;
    }
  | { readonly type: 'failed'; readonly problem: Problem };

export interface ActCommand {
  readonly do: 'load-choices';
}

export const startAct = (_: Shared): ActState => ({
  view: 'menu',
  menu: emptyList,
  sizesOf: null,
  form: newForm({ names: '', memory: '', vcpus: '', disk: '', sr: '', network: '' }),
  srs: [],
  networks: [],
  problem: null,
  work: 'start',
  list: emptyList,
});

const filtered = memoLast((candidates: readonly Candidate[], filter: string) =>
  matching(
    candidates,
    filter,
    ({ name }) => name,
    ({ look }) => [look],
  ),
);

/** The candidates to show, out of all of them. */
export const shownCandidates = (candidates: readonly Candidate[], { list }: ActState): readonly Candidate[] =>
  filtered(candidates, list.filter);
