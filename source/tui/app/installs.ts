import { concernsUs } from '../../hosts/vm.ts';
import type { Fleet } from '../../watch/fleet.ts';
import { type Install, seenState } from '../../watch/install.ts';
import type { Ref } from '../../xapi/records.ts';
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

let known: { readonly installs: readonly Install[]; readonly place: ReadonlyMap<Ref, number> } = {
  installs: [],
  place: new Map(),
};

/** The order known from before with what has changed since; null: a VM has come, gone or got another name. */
function refreshed({ byRef }: Fleet): readonly Install[] | null {
  const { installs, place } = known;
  if (byRef.size !== installs.length) return null;
  const next = [...installs];
  for (const install of byRef.values()) {
    const at = place.get(install.vm.ref);
    const before = at === undefined ? undefined : installs[at];
    if (at === undefined || before === undefined) return null;
    if (before === install) continue;
    if (nameOf(before) !== nameOf(install)) return null;
    next[at] = install;
  }
  return next;
}

/** Every VM by name. An event among thousands costs a look at each, not a new order. */
export const sortedInstalls = memoLast((fleet: Fleet): readonly Install[] => {
  const kept = refreshed(fleet);
  if (kept !== null) {
    known = { ...known, installs: kept };
    return kept;
  }
  // Web01 and web1 are the same to the collator: then the reference decides, and the order is the same each time.
  const installs = [...fleet.byRef.values()].sort(
    (a, b) => byName(nameOf(a), nameOf(b)) || (a.vm.ref < b.vm.ref ? -1 : 1),
  );
  known = { installs, place: new Map(installs.map(({ vm }, index) => [vm.ref, index])) };
  return installs;
});

/** Reading marks costs more than a look: it is done once for each state of a VM. */
const concerns = new WeakMap<Install, boolean>();

function isConcerned(install: Install): boolean {
  const before = concerns.get(install);
  if (before !== undefined) return before;
  const concerned = concernsUs(install.vm.record, install.state.state);
  concerns.set(install, concerned);
  return concerned;
}

/** Those that an install concerns. */
export const concernedInstalls = memoLast((fleet: Fleet): readonly Install[] =>
  sortedInstalls(fleet).filter(isConcerned),
);
