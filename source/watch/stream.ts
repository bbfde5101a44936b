import type { Verdict } from '../boot/marks.ts';
import type { Host } from '../hosts/host.ts';
import type { LineServer, Transport } from '../transport/transport.ts';
import type { Ref } from '../xapi/records.ts';
import { Batches } from './batches.ts';
import { type Fleet, type FleetEvent, FleetFold } from './fleet.ts';
import { verdictOf } from './install.ts';
import { followInventory } from './inventory.ts';
import { followLoads } from './loads.ts';
import { type Listening, portFailure, receiveMessages } from './monitor-receiver.ts';

export type { Listening } from './monitor-receiver.ts';

export interface WatchOptions {
  readonly host: Host;
  readonly transport: Transport;
  /** Null: nobody asks for FAI's messages. */
  readonly monitorPort: number | null;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** The signal that ends the present pause before a new try. */
  readonly hurry?: () => AbortSignal;
  /** What has changed since the last time, some twenty times a second at most. */
  readonly onChange: (fleet: Fleet, changed: ReadonlySet<Ref>) => void;
  /** Something was proven that is not on record yet: told once. */
  readonly onVerdict: (ref: Ref, verdict: Verdict) => void;
  /** At the beginning, and whenever it has changed. */
  readonly onListening: (listening: Listening) => void;
}

/** Milliseconds between two changes that are told. */
const beat = 50;

/**
 * Everything there is to see of a host's VMs, folded once and told in batches: what the screen and the command line
 * both read. Goes on until the signal ends it. Errors of the host that no new try can mend are thrown.
 */
export async function watchFleet(options: WatchOptions): Promise<void> {
  const { host, transport, monitorPort, now, signal, hurry, onChange, onVerdict } = options;
  const { rules } = await host.facts();
  const fold = new FleetFold(rules);
  const told = new Map<Ref, string>();
  const batches = new Batches<Ref>(beat, (batch) => {
    if (!signal.aborted) onChange(fold.snapshot(), batch);
  });
  const take = (events: readonly FleetEvent[]): void => {
    const changed = events.flatMap((event) => fold.fold(event, now()));
    batches.add(changed);
    for (const ref of changed) tellVerdict(ref);
  };
  /** Of each VM the same verdict once: it takes a moment until the record shows it. */
  const tellVerdict = (ref: Ref): void => {
    const install = fold.snapshot().byRef.get(ref);
    const verdict = install === undefined ? null : verdictOf(install);
    const word = verdict === null ? '' : `${verdict.verdict} ${install?.vm.record.domid}`;
    if (word !== '' && told.get(ref) !== word) {
      told.set(ref, word);
      if (verdict !== null) onVerdict(ref, verdict);
    } else if (word === '') told.delete(ref);
  };

  const server = monitorPort === null ? null : await listen(transport, monitorPort, take, options);
  try {
    const loads = followLoads(host, () => fold.snapshot().byRef.values(), signal, take);
    await Promise.all([followInventory(host, signal, take, hurry), loads]);
  } finally {
    batches.close();
    await server?.close();
  }
}

/** A port that is taken is told, not fatal. */
async function listen(
  transport: Transport,
  port: number,
  take: (events: readonly FleetEvent[]) => void,
  { onListening }: WatchOptions,
): Promise<LineServer | null> {
  try {
    const server = await receiveMessages(transport, port, (message) => take([{ type: 'message', message }]));
    onListening({ state: 'listening', port: server.port });
    return server;
  } catch (error) {
    onListening(portFailure(port, error, transport.portHolder(port)));
    return null;
  }
}
