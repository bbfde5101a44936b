import * as z from 'zod';
import type { Host } from '../hosts/host.ts';
import { isMachine, type Vm } from '../hosts/vm.ts';
import { classify, HostFailure, WireFailure } from '../xapi/errors.ts';
import { hostEvents } from '../xapi/events.ts';
import { type HostEvent, vifRecord, vmRecord, vmTable } from '../xapi/records.ts';
import { pause } from '../xapi/task.ts';

/** What the host tells of its VMs. `all` replaces everything known; MACs come by VM reference. */
export type InventoryEvent =
  | { readonly type: 'all'; readonly vms: readonly Vm[]; readonly macs: ReadonlyMap<string, string> }
  | { readonly type: 'vm'; readonly vm: Vm }
  | { readonly type: 'gone'; readonly ref: string }
  | { readonly type: 'mac'; readonly ref: string; readonly mac: string }
  | { readonly type: 'lost'; readonly reason: string };

const vifTable = z.record(z.string(), vifRecord);
const firstWait = 1000;
const longestWait = 30_000;

/**
 * Follows all VMs of a host until the signal ends it: registers, reads everything once, then lives on events.
 * Lost events mean a full read; a lost connection or session is told and tried again with growing pauses. Other errors
 * of the host are thrown.
 */
export async function followInventory(
  host: Host,
  signal: AbortSignal,
  tell: (event: InventoryEvent) => void,
): Promise<void> {
  let wait = firstWait;
  while (!signal.aborted) {
    try {
      const readAll = async (): Promise<void> => {
        tell(await fullRead(host, signal));
        wait = firstWait;
      };
      for await (const events of hostEvents(host.session, ['vm', 'vif'], signal, readAll)) {
        for (const event of events) translate(event, tell);
      }
    } catch (error) {
      if (signal.aborted) return;
      const ended = error instanceof HostFailure && ['session-lost', 'booting'].includes(classify(error).kind);
      if (!ended && !(error instanceof WireFailure)) throw error;
      tell({ type: 'lost', reason: host.explain(error).message });
      await pause(wait, signal);
      // xapi forgets its sessions when it restarts: one more login, and everything is read anew.
      if (ended) await host.session.renew().catch(() => {});
      wait = Math.min(wait * 2, longestWait);
    }
  }
}

async function fullRead(host: Host, signal: AbortSignal): Promise<InventoryEvent> {
  const [vms, vifs] = await Promise.all([
    host.session.call('VM.get_all_records', [], vmTable, { signal }),
    host.session.call('VIF.get_all_records', [], vifTable, { signal }),
  ]);
  const machines = Object.entries(vms).map(([ref, record]) => ({ ref, record }));
  return {
    type: 'all',
    vms: machines.filter((vm) => isMachine(vm.record)),
    macs: new Map(
      Object.values(vifs)
        .filter((vif) => vif.device === '0')
        .map((vif) => [vif.VM, vif.MAC.toLowerCase()]),
    ),
  };
}

/** An event whose record does not parse is skipped: the next full read will tell. */
function translate(event: HostEvent, tell: (event: InventoryEvent) => void): void {
  if (event.class === 'vm') {
    const parsed = vmRecord.safeParse(event.snapshot);
    const gone = event.operation === 'del' || (parsed.success && !isMachine(parsed.data));
    if (gone) tell({ type: 'gone', ref: event.ref });
    else if (parsed.success) tell({ type: 'vm', vm: { ref: event.ref, record: parsed.data } });
  } else if (event.class === 'vif' && event.operation !== 'del') {
    const parsed = vifRecord.safeParse(event.snapshot);
    if (parsed.success && parsed.data.device === '0') {
      tell({ type: 'mac', ref: parsed.data.VM, mac: parsed.data.MAC.toLowerCase() });
    }
  }
}
