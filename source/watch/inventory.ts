import * as z from 'zod/mini';
import { withBootable } from '../hosts/bootable.ts';
import { type Host, hostTime } from '../hosts/host.ts';
import { isChanged } from '../hosts/trust.ts';
import { everyVm, isMachine } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { type ByClass, hostEvents } from '../xapi/events.ts';
import { pause } from '../xapi/pause.ts';
import { type HostEvent, type Ref, ref, vifRecord, vmRecord, vmStart } from '../xapi/records.ts';
import { mayBeElsewhere } from '../xapi/seek.ts';
import type { Session } from '../xapi/session.ts';
import { Cards } from './cards.ts';
import { type DiskNews, diskNews } from './disks.ts';
import type { FleetEvent } from './fleet.ts';

const vifTable = z.record(ref, vifRecord);
const startTable = z.record(ref, vmStart);

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly tell: (events: readonly FleetEvent[]) => void;
  /** Somebody shows disks; absent: the host is not asked for their events. */
  readonly tellDisks?: ((news: readonly DiskNews[]) => void) | undefined;
  /** The signal that ends the present pause: somebody wants it tried now. */
  readonly hurry?: (() => AbortSignal) | undefined;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/**
 * Follows all VMs of a host until the signal ends it: reads everything once, then lives on events. What xapi sends in
 * one reply is told as one. Lost events mean a full read; a lost connection is told and tried again with growing
 * pauses, a forgotten session is opened anew and told only when that does not help. Other errors of the host are thrown,
 * and that it shows another certificate: only somebody who looks at it can help.
 */
export async function followInventory(host: Host, options: FollowOptions): Promise<void> {
  const { signal, tell, tellDisks, hurry = () => signal, random = Math.random } = options;
  const { firstPause, longestPause } = limits.events;
  const classes = ['vm', 'vif', 'vm_metrics', ...(tellDisks === undefined ? [] : ['vdi'])];
  let wait = firstPause;
  let heard = performance.now();
  const known: Known = { started: new Map(), cards: new Cards() };
  const readAll = async (): Promise<ByClass> => {
    const session = host.session.within({ signal });
    return fullRead(host, session, known, (event) => {
      heard = performance.now();
      tell([event]);
      if (event.type === 'all') tellDisks?.([{ type: 'all' }]);
    });
  };
  while (!signal.aborted) {
    try {
      const { able } = await host.facts();
      for await (const events of hostEvents(host.session, { classes, signal, by: able.events, readAll })) {
        heard = performance.now();
        wait = firstPause;
        const news = await withCounts(
          host,
          events.flatMap((event) => translate(event, known)),
        );
        if (news.length > 0) tell(news);
        const disks = tellDisks === undefined ? [] : events.flatMap(diskNews);
        if (disks.length > 0) tellDisks?.(disks);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isChanged(error)) throw error;
      const kind = error instanceof HostFailure ? classify(error).kind : null;
      const passes = kind === 'session-lost' || mayBeElsewhere(error) || error instanceof ConnectionFailure;
      if (!passes) throw error;
      // Many who have lost the same host do not come back at once.
      const jittered = wait * (0.5 + random() / 2);
      // A host that has only forgotten the session answers: a new login is nobody's business.
      if (kind !== 'session-lost' || wait > firstPause) {
        const silent = performance.now() - heard;
        const offer = (await host.offerOf(error, signal).catch(() => null)) ?? undefined;
        tell([{ type: 'lost', reason: host.explain(error).message, wait: jittered, silent, offer }]);
      }
      await pause(jittered, AbortSignal.any([signal, hurry()]));
      wait = Math.min(wait * 2, longestPause);
    }
  }
}

/** What an event may leave out. */
interface Known {
  /** When domains were built, by metrics. */
  readonly started: Map<Ref, number>;
  readonly cards: Cards;
}

/**
 * Everything, asked for at once and told in two events: nothing that is shown waits for the cards. Gives VMs of whatever
 * kind, and all their cards. What is known is made anew.
 */
async function fullRead(
  host: Host,
  session: Session,
  { started, cards }: Known,
  tell: (event: FleetEvent) => void,
): Promise<ByClass> {
  const machines = readMachines(host, session);
  const vifs = session.call('VIF.get_all_records', [], vifTable);
  // Whoever awaits them below hears of it.
  vifs.catch(() => {});
  const { all, there } = await machines;
  started.clear();
  for (const [metrics, at] of all.started) started.set(metrics, at);
  tell(all);
  const read = await vifs;
  tell({ type: 'macs', macs: cards.replace(read) });
  return { vm: there, vif: Object.keys(read) };
}

async function readMachines(host: Host, session: Session) {
  const [vms, starts, clockAhead] = await Promise.all([
    everyVm(session),
    session.call('VM_metrics.get_all_records', [], startTable),
    host.clockAhead(),
  ]);
  const { rules } = await host.facts();
  const machines = vms.filter(({ record }) => isMachine(record));
  const all = {
    type: 'all',
    vms: await Promise.all(machines.map((vm) => withBootable(session, vm, rules))),
    started: new Map(
      Object.entries(starts).map(([metrics, { start_time }]) => [ref.parse(metrics), startOf(start_time)]),
    ),
    clockAhead,
  } as const;
  return { all, there: vms.map(({ ref: vm }) => vm) };
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
function translate(event: HostEvent, { started, cards }: Known): FleetEvent[] {
  if (event.class === 'vm_metrics') return translateMetrics(event, started);
  if (event.class === 'vif') return translateCard(event, cards);
  if (event.class === 'vm') {
    const parsed = vmRecord.safeParse(event.snapshot);
    const gone = event.operation === 'del' || (parsed.success && !isMachine(parsed.data));
    if (gone) return [{ type: 'gone', ref: event.ref }];
    return parsed.success ? [{ type: 'vm', vm: { ref: event.ref, record: parsed.data } }] : [];
  }
  return [];
}

function translateCard({ operation, ref: card, snapshot }: HostEvent, cards: Cards): FleetEvent[] {
  if (operation === 'del') {
    const vm = cards.remove(card);
    return vm === null ? [] : [{ type: 'mac', ref: vm, mac: '' }];
  }
  const parsed = vifRecord.safeParse(snapshot);
  const mac = parsed.success ? cards.put(card, parsed.data) : null;
  return parsed.success && mac !== null ? [{ type: 'mac', ref: parsed.data.VM, mac }] : [];
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
