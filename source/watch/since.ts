import type { MarkName } from '../boot/marks.ts';
import { readMark } from '../boot/marks.ts';
import { hostTime } from '../hosts/host.ts';
import type { Install, SeenState } from './install.ts';
import type { InstallTimes } from './times.ts';

/**
 * Since when a VM has been in the state that is shown, by this machine's clock, from what the host and FAI say
 * themselves; null where they do not. `times`: the install's own, as they are now. `ahead`: milliseconds by which the host's clock is ahead of ours.
 */
export function knownSince(install: Install, times: InstallTimes, seen: SeenState, ahead: number): number | null {
  const { vm, state, progress, outcomeAt, idleSince } = install;
  const runs = vm.record.power_state === 'Running';
  const marked = (name: MarkName): number | null => markTime(vm, name, ahead);
  const power = runs ? times.started : haltedAt(vm, ahead);
  const said = (outcome: 'failed' | 'installed' | 'waiting') => (progress?.outcome === outcome ? outcomeAt : null);
  switch (seen) {
    case 'armed':
      return times.armed;
    case 'half-armed':
      // All there but the halt: it became so by being armed.
      return state.missing.join() === 'halted' ? times.armed : null;
    case 'failed':
      return said('failed') ?? marked('failed');
    case 'installed':
    case 'disarmed':
      // Without a mark it is the boot from its disk that tells.
      return said('installed') ?? marked('installed') ?? times.started;
    case 'waiting':
      return said('waiting') ?? idleSince;
    case 'lost':
      return install.lostSince;
    case 'fired':
    case 'installing':
    case 'quiet':
    case 'other':
      return power;
  }
}

/** When a mark was written, by this machine's clock; null without the mark. */
export function markTime({ record }: Install['vm'], name: MarkName, ahead: number): number | null {
  const mark = readMark(record.other_config, name, record.uuid);
  return mark === null ? null : Date.parse(mark.at) - ahead;
}

/** xapi notes it up to 6.0 (xapi_vm.ml, record_shutdown_details). */
function haltedAt({ record }: Install['vm'], ahead: number): number | null {
  if (record.power_state !== 'Halted') return null;
  const at = hostTime(record.other_config['last_shutdown_time'] ?? '');
  return at === null ? null : at.getTime() - ahead;
}
