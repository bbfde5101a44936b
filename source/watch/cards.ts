import type * as z from 'zod/mini';
import { type Ref, ref, type vifRecord } from '../xapi/records.ts';

type Vif = z.infer<typeof vifRecord>;

/** Whose first network card is which: a card that is gone is named by its reference alone. */
export class Cards {
  private readonly owners = new Map<Ref, Ref>();
  private readonly first = new Map<Ref, Ref>();

  /** All there are, as MACs by VM. */
  replace(vifs: Readonly<Record<string, Vif>>): ReadonlyMap<Ref, string> {
    this.owners.clear();
    this.first.clear();
    const macs = new Map<Ref, string>();
    for (const [card, vif] of Object.entries(vifs)) {
      const mac = this.put(ref.parse(card), vif);
      if (mac !== null) macs.set(vif.VM, mac);
    }
    return macs;
  }

  /** The MAC, in small letters, where it is a VM's first card. */
  put(card: Ref, { VM, device, MAC }: Vif): string | null {
    if (device !== '0') return null;
    this.owners.set(card, VM);
    this.first.set(VM, card);
    return MAC.toLowerCase();
  }

  /** The VM that has no first card any more, if it was that. */
  remove(card: Ref): Ref | null {
    const owner = this.owners.get(card);
    this.owners.delete(card);
    if (owner === undefined || this.first.get(owner) !== card) return null;
    this.first.delete(owner);
    return owner;
  }
}
