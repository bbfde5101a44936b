import type { Host } from '../hosts/host.ts';
import { limits } from '../limits/limits.ts';
import { pause } from '../xapi/pause.ts';
import { isNull, vmMetrics } from '../xapi/records.ts';
import type { FleetEvent } from './fleet.ts';
import type { Install } from './install.ts';

const every = 5000;

/** Milliseconds without a message after which a processor is asked, whether its guest still works. */
const silence = 60_000;

/** The loader has fired, the guest runs, and nothing is heard of it, or nothing any more. */
const isSilent = ({ vm, state, progress, times }: Install, now: number): boolean =>
  (state.state === 'fired' || state.state === 'installing') &&
  vm.record.power_state === 'Running' &&
  (progress === null || (progress.outcome === 'running' && now - (times.heard ?? 0) > silence)) &&
  !isNull(vm.record.metrics);

/**
 * Reads the processor load of VMs whose install says nothing itself, every five seconds, one small call each. VM
 * metrics carry it on 5.6; on releases that dropped the field nothing is told.
 */
export async function followLoads(
  host: Host,
  installs: () => Iterable<Install>,
  now: () => number,
  signal: AbortSignal,
  tell: (events: readonly FleetEvent[]) => void,
): Promise<void> {
  const session = host.session.within({ signal, patience: 0 });
  let turn = 0;
  while (!signal.aborted) {
    const silent = [...installs()].filter((install) => isSilent(install, now()));
    const asked = silent.length <= limits.watch.loads ? silent : rotate(silent, turn).slice(0, limits.watch.loads);
    turn += limits.watch.loads;
    for (const { vm } of asked) {
      const record = await session.call('VM_metrics.get_record', [vm.record.metrics], vmMetrics).catch(() => null);
      const loads = Object.values(record?.VCPUs_utilisation ?? {}).filter(Number.isFinite);
      if (loads.length > 0) tell([{ type: 'load', ref: vm.ref, load: Math.max(...loads) }]);
    }
    await pause(every, signal);
  }
}

const rotate = <T>(items: readonly T[], by: number): T[] => {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
};
