import * as z from 'zod/mini';
import { withBootable } from '../hosts/bootable.ts';
import { type Host, hostTime } from '../hosts/host.ts';
import { offerOf } from '../hosts/trust.ts';
import { everyVm, isMachine } from '../hosts/vm.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { hostEvents } from '../xapi/events.ts';
import { pause } from '../xapi/pause.ts';
import { type HostEvent, type Ref, ref, vifRecord, vmRecord, vmStart } from '../xapi/records.ts';
import { mayBeElsewhere } from '../xapi/seek.ts';
import { type DiskNews, diskNews } from './disks.ts';
import type { FleetEvent } from './fleet.ts';

const vifTable = z.record(ref, vifRecord);
const startTable = z.record(ref, vmStart);
const firstWait = 1000;
const longestWait = 30_000;

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly tell: (events: readonly FleetEvent[]) => void;
  /** Somebody shows disks; absent: the host is not asked for their events. */
  readonly tellDisks?: ((news: readonly DiskNews[]) => void) | undefined;
  /** The signal that ends the present pause: somebody wants it tried now. */
  readonly hurry?: (() => AbortSignal) | undefined;
}

/**
 * Follows all VMs of a host until the signal ends it: registers, reads everything once, then lives on events. What
 * xapi sends in one reply is told as one. Lost events mean a full read; a lost connection is told and tried again with
 * growing pauses, a forgotten session is opened anew and told only when that does not help. Other errors of the host
 * are thrown.
 */
export async function followInventory(host: Host, options: FollowOptions): Promise<void> {
  const { signal, tell, tellDisks, hurry = () => signal } = options;
  const classes = ['vm', 'vif', 'vm_metrics', ...(tellDisks === undefined ? [] : ['vdi'])];
  let wait = firstWait;
  const started = new Map<Ref, number>();
  let stale = false;
  while (!signal.aborted) {
    try {
      // The event.next of a cut connection still waits on the host, and takes the next events of its session with it
      // (xapi_event.ml, wait): only a new session gets them all.
      if (stale) await host.session.renew(signal);
      stale = false;
      const readAll = async (): Promise<void> => {
        tell([await fullRead(host, started, signal)]);
        tellDisks?.([{ type: 'all' }]);
        wait = firstWait;
      };
      for await (const events of hostEvents(host.session, classes, signal, readAll)) {
        const news = await withCounts(
          host,
          events.flatMap((event) => translate(event, started)),
        );
        if (news.length > 0) tell(news);
        const disks = tellDisks === undefined ? [] : events.flatMap(diskNews);
        if (disks.length > 0) tellDisks?.(disks);
      }
    } catch (error) {
      if (signal.aborted) return;
      const kind = error instanceof HostFailure ? classify(error).kind : null;
      const passes = kind === 'session-lost' || mayBeElsewhere(error) || error instanceof ConnectionFailure;
      if (!passes) throw error;
      // A host that has only forgotten the session answers: a new login is nobody's business.
      if (kind !== 'session-lost' || wait > firstWait)
        tell([{ type: 'lost', reason: host.explain(error).message, wait, offer: offerOf(error) ?? undefined }]);
      await pause(wait, AbortSignal.any([signal, hurry()]));
      wait = Math.min(wait * 2, longestWait);
      stale = true;
    }
  }
}

/** Everything at once. `started` is made anew: when domains were built, by metrics. */
async function fullRead(host: Host, started: Map<Ref, number>, signal: AbortSignal): Promise<FleetEvent> {
  const session = host.session.within({ signal });
  const [vms, vifs, starts, clockAhead] = await Promise.all([
    everyVm(session),
    session.call('VIF.get_all_records', [], vifTable),
    session.call('VM_metrics.get_all_records', [], startTable),
    host.clockAhead(),
  ]);
  started.clear();
  for (const [metrics, { start_time }] of Object.entries(starts))
    started.set(ref.parse(metrics), startOf(start_time));
  const { rules } = await host.facts();
  const machines = vms.filter(({ record }) => isMachine(record));
  return {
    type: 'all',
    vms: await Promise.all(machines.map((vm) => withBootable(session, vm, rules))),
    macs: new Map(
      Object.values(vifs)
        .filter((vif) => vif.device === '0')
        .map((vif): [Ref, string] => [vif.VM, vif.MAC.toLowerCase()]),
    ),
    started: new Map(started),
    clockAhead,
  };
}

/** The VMs that are told of, with their bootable disks where these matter: asked for at each change of such a VM. */
async function withCounts(host: Host, events: readonly FleetEvent[]): Promise<FleetEvent[]> {
  const { rules } = await host.facts();
  return Promise.all(
    events.map(async (event) =>
      event.type === 'vm'
        ? { ...event, vm: await withBootable(host.session, event.vm, rules).catch(() => event.vm) }
        : event,
    ),
  );
}

/** 0 for a VM that never ran. */
const startOf = (text: string): number => hostTime(text)?.getTime() ?? 0;

/** An event whose record does not parse is skipped: the next full read will tell. */
function translate(event: HostEvent, started: Map<Ref, number>): FleetEvent[] {
  if (event.class === 'vm_metrics') return translateMetrics(event, started);
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

/** Metrics change all the time (memory, processors): only another start is told. */
function translateMetrics({ operation, ref: metrics, snapshot }: HostEvent, started: Map<Ref, number>): FleetEvent[] {
  if (operation === 'del') started.delete(metrics);
  const parsed = vmStart.safeParse(snapshot);
  if (operation === 'del' || !parsed.success) return [];
  const at = startOf(parsed.data.start_time);
  if ((started.get(metrics) ?? 0) === at) return [];
  started.set(metrics, at);
  return [{ type: 'started', metrics, at }];
}
