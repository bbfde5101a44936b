import { certificateFacts } from '../hosts/certificate.ts';
import type { Offer } from '../hosts/trust.ts';
import { fitText, widthOf } from '../text/width.ts';

/** What is said of old TLS before somebody agrees to it. */
const oldWarning =
  'Old TLS is spoken with it if it knows no better: whoever is on the way and able may read the password.';

/** A certificate in rows, for whoever is to compare it with what the host says of itself. */
export function offerRows({ presented, legacyTls }: Offer, now: Date): string[] {
  const facts = certificateFacts(presented, now.getTime());
  const width = Math.max(...facts.map(([label]) => widthOf(label)));
  const rows = facts.map(([label, value]) => `  ${fitText(label, width)}  ${value}`);
  return legacyTls ? [...rows, oldWarning] : rows;
}
