import type { Host } from '../hosts/host.ts';
import { isNull, vmMetrics } from '../xapi/records.ts';
import { pause } from '../xapi/task.ts';
import type { Install } from './installs.ts';

const every = 5000;

/**
 * Reads the processor load of VMs whose install says nothing itself, every five seconds, one small call each. VM
 * metrics carry it on 5.6; on releases that dropped the field nothing is told.
 */
export async function followLoads(
  host: Host,
  installs: () => Iterable<Install>,
  signal: AbortSignal,
  tell: (ref: string, load: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    for (const { vm, state, progress } of installs()) {
      const { metrics, power_state: power } = vm.record;
      if (state.state !== 'fired' || power !== 'Running' || progress !== null || isNull(metrics)) continue;
      const record = await host.session
        .call('VM_metrics.get_record', [metrics], vmMetrics, { signal })
        .catch(() => null);
      const loads = Object.values(record?.VCPUs_utilisation ?? {}).filter(Number.isFinite);
      if (loads.length > 0) tell(vm.ref, Math.max(...loads));
    }
    await pause(every, signal);
  }
}
