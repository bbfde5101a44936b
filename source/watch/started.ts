import { isNull, type Ref } from '../xapi/records.ts';
import type { Install } from './install.ts';

/** When each VM was started, as VM_metrics tell it: they are objects of their own, with events of their own. */
export class Started {
  private readonly times = new Map<Ref, number>();
  private readonly owners = new Map<Ref, Ref>();

  /** All that is known, by metrics. */
  replace(times: ReadonlyMap<Ref, number>): void {
    this.times.clear();
    for (const [metrics, at] of times) this.times.set(metrics, at);
  }

  /** Of these metrics; the VM that they belong to, where it is known. */
  tell(metrics: Ref, at: number): Ref | null {
    this.times.set(metrics, at);
    return this.owners.get(metrics) ?? null;
  }

  know({ ref, record: { metrics } }: Install['vm']): void {
    if (!isNull(metrics)) this.owners.set(metrics, ref);
  }

  forget({ record: { metrics } }: Install['vm']): void {
    this.times.delete(metrics);
    this.owners.delete(metrics);
  }

  /** By the host's clock; null when it does not run, or nobody has said it. */
  of(vm: Install['vm']): number | null {
    return vm.record.power_state === 'Halted' ? null : this.latest(vm);
  }

  /** The same of its last start, also where it is over. */
  latest({ record: { metrics } }: Install['vm']): number | null {
    const at = this.times.get(metrics) ?? 0;
    return at <= 0 ? null : at;
  }
}
