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

/** Every VM by name; sorted once for each state of the fleet. */
export const sortedInstalls = memoLast((fleet: Fleet): readonly Install[] =>
  [...fleet.byRef.values()].sort((a, b) => byName(a.vm.record.name_label, b.vm.record.name_label)),
);

/** Those that an install concerns. */
export const concernedInstalls = memoLast((fleet: Fleet): readonly Install[] =>
  sortedInstalls(fleet).filter(({ vm, state }) => concernsUs(vm.record, state.state)),
);
