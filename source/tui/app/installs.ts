import { concernsUs } from '../../hosts/vm.ts';
import type { Fleet } from '../../watch/fleet.ts';
import { type Install, seenState } from '../../watch/install.ts';
import { byName } from '../kit/list.ts';
import { memoLast } from '../kit/memo.ts';
import type { InstallLook } from '../kit/theme.ts';

/** What an install is to whoever looks at it: what is seen of it; or that it runs, and will be erased when it reboots. */
export function lookOf(install: Install, now: number): InstallLook {
  const { missing } = install.state;
  const seen = seenState(install, now);
  return seen === 'half-armed' && missing.length === 1 && missing[0] === 'halted' ? 'erased' : seen;
}

/** What wants somebody first: the problems, then what goes on, then what rests. */
const urgency: Readonly<Record<InstallLook, number>> = {
  failed: 0,
  waiting: 1,
  lost: 2,
  erased: 3,
  installing: 4,
  quiet: 5,
  fired: 6,
  'half-armed': 7,
  armed: 8,
  installed: 9,
  disarmed: 10,
  other: 11,
};

/** The place of a look among all of them, the most urgent first. */
export const urgencyOf = (look: InstallLook): number => urgency[look];

/** An install that does not go on by itself. */
export const isProblem = (look: InstallLook): boolean => urgency[look] <= urgency.lost;

const nameOf = ({ vm }: Install): string => vm.record.name_label;

/** Web01 and web1 are the same to the collator: then the reference decides, and the order is the same each time. */
const compare = (a: Install, b: Install): number => byName(nameOf(a), nameOf(b)) || (a.vm.ref < b.vm.ref ? -1 : 1);

/** A VM in the list, with its place in the map of the fleet. */
interface Entry {
  readonly install: Install;
  readonly index: number;
  /** An install concerns it. Reading marks costs more than a look. */
  readonly concerned: boolean;
}

const entryOf = (install: Install, index: number): Entry => ({
  install,
  index,
  concerned: concernsUs(install.vm.record, install.state.state),
});

/** In the order of the map, which keeps the place of each VM; and by name. */
interface Known {
  readonly inMap: readonly Entry[];
  readonly byName: readonly Entry[];
}

let known: Known = { inMap: [], byName: [] };

/** What was known with what has changed since; null: a VM has come or gone. */
function refreshed(installs: readonly Install[]): Known | null {
  if (installs.length !== known.inMap.length) return null;
  const inMap = [...known.inMap];
  const changed = installs.flatMap((install, index) =>
    install === inMap[index]?.install ? [] : [entryOf(install, index)],
  );
  for (const entry of changed) {
    if (inMap[entry.index]?.install.vm.ref !== entry.install.vm.ref) return null;
    inMap[entry.index] = entry;
  }
  const byName = known.byName.filter((entry) => entry === inMap[entry.index]);
  for (const entry of changed) byName.splice(placeOf(entry, byName), 0, entry);
  return { inMap, byName };
}

/** Where its name belongs. */
function placeOf({ install }: Entry, entries: readonly Entry[]): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const other = entries[middle];
    if (other !== undefined && compare(other.install, install) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function orderedAnew(installs: readonly Install[]): Known {
  const inMap = installs.map(entryOf);
  return { inMap, byName: inMap.toSorted((a, b) => compare(a.install, b.install)) };
}

/** An event among thousands costs a look at each, not a new order. */
const ordered = memoLast(({ byRef }: Fleet): readonly Entry[] => {
  const installs = [...byRef.values()];
  known = refreshed(installs) ?? orderedAnew(installs);
  return known.byName;
});

/** Every VM by name. */
export const sortedInstalls = memoLast((fleet: Fleet): readonly Install[] =>
  ordered(fleet).map(({ install }) => install),
);

/** Those that an install concerns. */
export const concernedInstalls = memoLast((fleet: Fleet): readonly Install[] =>
  ordered(fleet).flatMap(({ install, concerned }) => (concerned ? [install] : [])),
);
