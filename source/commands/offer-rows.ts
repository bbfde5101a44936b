import { certificateFacts, oldTlsWarning, reasonToAsk, typedHost } from '../hosts/certificate.ts';
import type { Offer } from '../hosts/trust.ts';
import { fitText, widthOf, wrapText } from '../text/width.ts';

/** Sentences break where any terminal shows them whole; a fingerprint stays in one piece. */
const columns = 78;

/** A certificate in rows, for whoever is to compare it with what the host says of itself. */
export function offerRows({ presented, legacyTls }: Offer, now: Date): string[] {
  const facts = certificateFacts(presented, now.getTime());
  const width = Math.max(...facts.map(([label]) => widthOf(label)));
  const rows = facts.map(([label, value]) => `  ${fitText(label, width)}  ${value}`);
  const head = `${typedHost(presented.authority)}: ${reasonToAsk(presented)} Nothing was sent.`;
  return [...wrapText(head, columns), ...rows, ...(legacyTls ? wrapText(oldTlsWarning(presented), columns) : [])];
}
