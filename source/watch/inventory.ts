import * as z from 'zod';
import type { Host } from '../hosts/host.ts';
import { everyVm, isMachine } from '../hosts/vm.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { hostEvents } from '../xapi/events.ts';
import { pause } from '../xapi/pause.ts';
import { type HostEvent, type Ref, ref, vifRecord, vmRecord } from '../xapi/records.ts';
import type { FleetEvent } from './fleet.ts';

const vifTable = z.record(ref, vifRecord);
const firstWait = 1000;
const longestWait = 30_000;

/**
 * Follows all VMs of a host until the signal ends it: registers, reads everything once, then lives on events. What
 * xapi sends in one reply is told as one. Lost events mean a full read; a lost connection or session is told and tried
 * again with growing pauses. Other errors of the host are thrown.
 */
export async function followInventory(
  host: Host,
  signal: AbortSignal,
  tell: (events: readonly FleetEvent[]) => void,
): Promise<void> {
  let wait = firstWait;
  while (!signal.aborted) {
    try {
      const readAll = async (): Promise<void> => {
        tell([await fullRead(host, signal)]);
        wait = firstWait;
      };
      for await (const events of hostEvents(host.session, ['vm', 'vif'], signal, readAll)) {
        tell(events.flatMap(translate));
      }
    } catch (error) {
      if (signal.aborted) return;
      const ended = error instanceof HostFailure && ['session-lost', 'booting'].includes(classify(error).kind);
      if (!ended && !(error instanceof ConnectionFailure)) throw error;
      tell([{ type: 'lost', reason: host.explain(error).message }]);
      await pause(wait, signal);
      wait = Math.min(wait * 2, longestWait);
      // The event.next of a cut connection still waits on the host, and takes the next events of its session with it
      // (xapi_event.ml, wait): only a new session gets them all.
      await host.session.renew(signal).catch(() => {});
    }
  }
}

async function fullRead(host: Host, signal: AbortSignal): Promise<FleetEvent> {
  const session = host.session.within({ signal });
  const [vms, vifs] = await Promise.all([everyVm(session), session.call('VIF.get_all_records', [], vifTable)]);
  return {
    type: 'all',
    vms: vms.filter(({ record }) => isMachine(record)),
    macs: new Map(
      Object.values(vifs)
        .filter((vif) => vif.device === '0')
        .map((vif): [Ref, string] => [vif.VM, vif.MAC.toLowerCase()]),
    ),
  };
}

/** An event whose record does not parse is skipped: the next full read will tell. */
function translate(event: HostEvent): FleetEvent[] {
  if (event.class === 'vm') {
    const parsed = vmRecord.safeParse(event.snapshot);
    const gone = event.operation === 'del' || (parsed.success && !isMachine(parsed.data));
    if (gone) return [{ type: 'gone', ref: event.ref }];
    return parsed.success ? [{ type: 'vm', vm: { ref: event.ref, record: parsed.data } }] : [];
  }
  if (event.class === 'vif' && event.operation !== 'del') {
    const parsed = vifRecord.safeParse(event.snapshot);
    if (parsed.success && parsed.data.device === '0') {
      return [{ type: 'mac', ref: parsed.data.VM, mac: parsed.data.MAC.toLowerCase() }];
    }
  }
  return [];
}
