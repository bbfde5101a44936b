import { limits } from '../limits/limits.ts';

/** One paragraph of a control file: fields by lower-case name, continuation lines joined by newlines. */
export type Paragraph = ReadonlyMap<string, string>;

/** Reads one paragraph (deb822(5)); lines that are none are passed over, nothing throws. */
export function readParagraph(text: string): Paragraph {
  const fields = new Map<string, string>();
  let name: string | null = null;
  for (const line of text.slice(0, limits.deb822.paragraph).split('\n')) {
    if (line.startsWith('#')) continue;
    if (/^[ \t]/.test(line)) {
      if (name !== null) fields.set(name, `${fields.get(name) ?? ''}\n${line.trim()}`);
      continue;
    }
    const at = line.indexOf(':');
    name = at > 0 && fields.size < limits.deb822.fields ? line.slice(0, at).toLowerCase() : null;
    if (name !== null) fields.set(name, line.slice(at + 1).trim());
  }
  return fields;
}

/**
 * The paragraphs of a file that may be large, one by one as it arrives; `wanted` sees the raw text first, so that
 * 60,000 packages cost one search each and not one Map. A paragraph over 1 MiB is passed over.
 */
export async function* paragraphs(
  source: AsyncIterable<Uint8Array>,
  wanted: (text: string) => boolean,
): AsyncGenerator<Paragraph> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  const take = function* (text: string): Generator<Paragraph> {
    const parts = (rest + text).split(/\n[ \t\r]*\n/);
    rest = parts.pop() ?? '';
    if (rest.length > limits.deb822.paragraph) rest = '';
    for (const part of parts) if (wanted(part)) yield readParagraph(part);
  };
  for await (const chunk of source) yield* take(decoder.decode(chunk, { stream: true }));
  yield* take(`${decoder.decode()}\n\n`);
}

/** The text of an InRelease file: what its signature covers, without the armour around it. */
export function unsigned(text: string): string {
  const match = /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[^\n]+\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----/s.exec(
    text,
  );
  return match === null ? text : (match[1] ?? '').replace(/^- /gm, '');
}
