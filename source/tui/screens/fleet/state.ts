import type { Verdict } from '../../../boot/marks.ts';
import type { Problem } from '../../../problem/problem.ts';
import type { Fleet } from '../../../watch/fleet.ts';
import type { Install } from '../../../watch/install.ts';
import type { Listening } from '../../../watch/stream.ts';
import { type Ref, ref } from '../../../xapi/records.ts';
import { concernedInstalls, sortedInstalls } from '../../app/installs.ts';
import type { Scene } from '../../app/shared.ts';
import { emptyList, type ListState, matching } from '../../kit/list.ts';
import { memoLast } from '../../kit/memo.ts';

export interface FleetState {
  readonly list: ListState;
  /** Those that no install concerns, too. */
  readonly all: boolean;
  readonly pane: 'table' | 'details' | 'log';
  /** The host has told of its VMs. */
  readonly following: boolean;
  /** Whether FAI's messages come here; null: not known yet. */
  readonly listening: Listening | null;
}

export type FleetScene = Scene<FleetState>;

export type FleetEvent =
  | {
      readonly type: 'fleet';
      readonly fleet: Fleet;
      readonly now: number;
    }
  /** Proven just now, and not on record yet. */
  | { readonly type: 'verdict'; readonly ref: Ref; readonly verdict: Verdict }
  | { readonly type: 'listening'; readonly listening: Listening }
  | { readonly type: 'lost'; readonly problem: Problem }
  | { readonly type: 'failed'; readonly problem: Problem };

export type FleetCommand =
  | { readonly do: 'follow' }
  /** Tries now what would be tried later. */
  | { readonly do: 'hurry' }
  | { readonly do: 'record-verdict'; readonly ref: Ref; readonly verdict: Verdict };

export const startFleet = (): FleetState => ({
  list: emptyList,
  all: false,
  pane: 'table',
  following: false,
  listening: null,
});

const rowsOf = memoLast((fleet: Fleet, all: boolean, filter: string): readonly Install[] =>
  matching(all ? sortedInstalls(fleet) : concernedInstalls(fleet), filter, ({ vm }) => vm.record.name_label),
);

/** The VMs to show, by name; the same array until the host, the filter or the choice changes. */
export const fleetRows = ({ shared, own }: FleetScene): readonly Install[] =>
  rowsOf(shared.fleet, own.all, own.list.filter);

export const selectedInstall = ({ shared, own }: FleetScene): Install | undefined =>
  own.list.selected === null ? undefined : shared.fleet.byRef.get(ref.parse(own.list.selected));
