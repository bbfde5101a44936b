/** Characters XML forbids, bare or as a reference: one of them in a name must not hide every other VM. */
const notXml = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const reference = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#[xX]([\da-fA-F]{1,6}));|&/g;
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** What XML forbids becomes U+FFFD. */
export const cleanXml = (xml: string): string => xml.replace(notXml, '\uFFFD');

/**
 * What an element's text says. Entities are the five of XML: whatever a document type may define is never expanded.
 * Errors: throws on any other.
 */
export function textOf(raw: string): string {
  // XML has one end of line.
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  return text.includes('&') ? text.replace(reference, character) : text;
}

function character(whole: string, name?: string, decimal?: string, hexadecimal?: string): string {
  if (name !== undefined) return named[name] ?? '';
  if (whole === '&') throw new Error('an entity that is none of the five of XML');
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  const isNone = code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
  return isNone ? '\uFFFD' : cleanXml(String.fromCodePoint(code));
}
