import type { MonitorMessage } from '../fai/monitor-message.ts';
import { limits } from '../limits/limits.ts';
import type { Ref } from '../xapi/records.ts';

/** Something that was said in an armed VM's name. */
export interface Said {
  readonly ref: Ref;
  readonly message: MonitorMessage;
  readonly at: number;
  /** Which start of the VM was the last one known then, by the host's clock; null: none. */
  readonly start: number | null;
}

/** The host tells whole seconds. */
const resolution = 1000;

/**
 * What was said before the record tells that the installer was started. FAI speaks to us itself, the record comes by way
 * of the host: on a busy one, later. Held for a moment, the oldest left out when there are too many.
 */
export class Ahead {
  private said: readonly Said[] = [];

  keep(one: Said): void {
    this.said = [...this.recent(one.at), one].slice(-limits.watch.ahead.most);
  }

  /** What was said since a VM's latest start, by our clock and by the host's; it is held no longer. */
  take(ref: Ref, start: { readonly here: number; readonly host: number }, now: number): readonly Said[] {
    if (this.said.length === 0) return [];
    const counts = (one: Said): boolean =>
      one.ref === ref && one.start !== start.host && one.at >= start.here - resolution;
    const recent = this.recent(now);
    this.said = recent.filter((one) => !counts(one));
    return recent.filter(counts);
  }

  private recent(now: number): readonly Said[] {
    return this.said.filter(({ at }) => now - at < limits.watch.ahead.wait);
  }
}
