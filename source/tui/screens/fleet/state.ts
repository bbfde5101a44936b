import type { Verdict } from '../../../boot/marks.ts';
import type { Devices } from '../../../hosts/devices.ts';
import type { Vm } from '../../../hosts/vm.ts';
import type { Problem } from '../../../problem/problem.ts';
import type { DiskNews } from '../../../watch/disks.ts';
import type { Fleet } from '../../../watch/fleet.ts';
import type { Install } from '../../../watch/install.ts';
import type { Listening } from '../../../watch/stream.ts';
import { type Ref, ref } from '../../../xapi/records.ts';
import { concernedInstalls, lookOf, sortedInstalls } from '../../app/installs.ts';
import type { Scene } from '../../app/shared.ts';
import { emptyList, type ListState, matching } from '../../kit/list.ts';
import { memoLast } from '../../kit/memo.ts';
import { type InstallLook, installLooks } from '../../kit/theme.ts';
import { sortable } from './columns.ts';
import { type KnownDevices, noDevices } from './known-devices.ts';
import { type News, noNews } from './notices.ts';
import { type Reading, startReading } from './reading.ts';
import { type Held, steady } from './steady.ts';
import type { Hearing } from './task-reason.ts';

/** The column that gives the order, by its head. */
export interface Sorting {
  readonly head: string;
  readonly reversed: boolean;
}

export interface FleetState {
  readonly list: ListState;
  readonly sorting: Sorting;
  /** Null: no key has moved the cursor since the order was chosen. */
  readonly held: Held | null;
  /** Those that no install concerns, too. */
  readonly all: boolean;
  /** The one that has the keys; where there is no room for all, the one that is shown. */
  readonly pane: 'table' | 'details' | 'log';
  readonly reading: Reading;
  /** What was told of ends of installs. */
  readonly news: News;
  /** What the VMs whose details were looked at have plugged in. */
  readonly devices: KnownDevices;
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
      /** Absent: any may have. */
      readonly changed?: ReadonlySet<Ref>;
    }
  /** Time has passed: what hangs on it is looked at anew. */
  | { readonly type: 'beat'; readonly now: number }
  /** Proven just now, and not on record yet. */
  | { readonly type: 'verdict'; readonly ref: Ref; readonly verdict: Verdict }
  | { readonly type: 'listening'; readonly listening: Listening }
  | { readonly type: 'devices'; readonly vm: Ref; readonly key: string; readonly devices: Devices }
  | { readonly type: 'disks'; readonly news: readonly DiskNews[] }
  | { readonly type: 'no-devices'; readonly vm: Ref; readonly problem: Problem }
  | { readonly type: 'lost'; readonly problem: Problem }
  | { readonly type: 'failed'; readonly problem: Problem };

export type FleetCommand =
  | { readonly do: 'follow' }
  /** Tries now what would be tried later. */
  | { readonly do: 'hurry' }
  /** What one VM has plugged in. */
  | { readonly do: 'read-devices'; readonly vm: Vm }
  | { readonly do: 'record-verdict'; readonly ref: Ref; readonly verdict: Verdict };

/** Problems first: what one wants to see in the morning. */
export const morning: Sorting = { head: 'STATE', reversed: false };

export const startFleet = (): FleetState => ({
  list: emptyList,
  sorting: morning,
  held: null,
  all: false,
  pane: 'table',
  reading: startReading(null),
  news: noNews,
  devices: noDevices,
  following: false,
  listening: null,
});

/** VMs in the order of a column; equal ones stay by name. */
export const inOrder = memoLast((installs: readonly Install[], sorting: Sorting, now: number): readonly Install[] => {
  const by = sortable.find(({ head }) => head === sorting.head)?.sort ?? (() => 0);
  const keyed = installs.map((install) => ({ install, key: by(install, { now }) }));
  const sorted = keyed.sort((a, b) => a.key - b.key).map(({ install }) => install);
  return sorting.reversed ? sorted.reverse() : sorted;
});

/** What the filter takes for the state of a VM: the words for it, and whether it runs. */
const wordsOf = (install: Install, now: number): readonly string[] => {
  const look = lookOf(install, now);
  return [look, ...installLooks[look].word.split(/[ ,]+/), install.vm.record.power_state.toLowerCase()];
};

const filtered = memoLast((installs: readonly Install[], filter: string, now: number): readonly Install[] =>
  matching(
    installs,
    filter,
    ({ vm }) => vm.record.name_label,
    (install) => wordsOf(install, now),
  ),
);

/** The VMs there are to show before any filter, by name. */
export const fleetInstalls = ({ shared, own }: FleetScene): readonly Install[] =>
  own.all ? sortedInstalls(shared.fleet) : concernedInstalls(shared.fleet);

/** The VMs to show, in order; the same array until the host, the time, the filter or the choice changes. */
export const fleetRows = (scene: FleetScene): readonly Install[] => {
  const { list, sorting, held } = scene.own;
  const { now } = scene.shared;
  return steady(inOrder(filtered(fleetInstalls(scene), list.filter, now), sorting, now), held, now);
};

/** How many VMs are in each state. */
export const totalsOf = memoLast((installs: readonly Install[], now: number): ReadonlyMap<InstallLook, number> => {
  const totals = new Map<InstallLook, number>();
  for (const install of installs) {
    const look = lookOf(install, now);
    totals.set(look, (totals.get(look) ?? 0) + 1);
  }
  return totals;
});

export const selectedInstall = ({ shared, own }: FleetScene): Install | undefined =>
  own.list.selected === null ? undefined : shared.fleet.byRef.get(ref.parse(own.list.selected));

/** Where FAI's messages could come from. */
export const hearingOf = ({ shared, own }: FleetScene): Hearing => ({
  listening: own.listening,
  localAddress: shared.host?.localAddress ?? '',
});

/** Those that are ticked; without ticks the selected one: what a key for work is about. */
export function chosenInstalls(scene: FleetScene): readonly Install[] {
  const { ticked } = scene.own.list;
  if (ticked.size > 0) return sortedInstalls(scene.shared.fleet).filter(({ vm }) => ticked.has(vm.ref));
  const one = selectedInstall(scene);
  return one === undefined ? [] : [one];
}
