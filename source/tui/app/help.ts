import { wrapText } from '../../text/width.ts';
import type { Binding } from '../kit/binding.ts';
import { allTerms, glossary, type Term } from '../kit/glossary.ts';
import { blank, type Line, line, span, wrapped } from '../kit/lines.ts';
import type { Size } from '../kit/size.ts';

const keyWidth = 20;

const close = span('  arrows scroll, any other key closes this', 'dim');

/** Every key of this place, what it does, and why it does nothing now. Movements share a row. */
export function helpRows<State>(keys: readonly Binding<State, unknown>[], state: State, { width }: Size): Line[] {
  const gap = ' '.repeat(keyWidth + 2);
  const rows: Line[] = keys.some(({ movement }) => movement)
    ? [[span(`  ${'arrows, PgUp, PgDn'.padEnd(keyWidth)}`, 'accent'), span('move; also j k g G Home End')]]
    : [];
  for (const binding of keys) {
    if (binding.movement) continue;
    const reason = binding.disabled?.(state) ?? null;
    const names = binding.keys.map((key) => key.replace('ctrl-', '^')).join(' ');
    const [first = '', ...more] = wrapText(binding.help, width - keyWidth - 4);
    const tone = reason === null ? 'plain' : 'dim';
    rows.push([span(`  ${names.padEnd(keyWidth)}`, reason === null ? 'accent' : 'dim'), span(first, tone)]);
    for (const text of more) rows.push([span(gap + text, tone)]);
    if (reason !== null)
      rows.push(...wrapText(`not now: ${reason}`, width - keyWidth - 4).map((text) => line(gap + text, 'warn')));
  }
  return [[span('Keys here', 'title', { bold: true }), close], ...rows];
}

/** The words of what stands under the cursor, and below them all others. */
export function wordRows(terms: readonly Term[], { width }: Size): Line[] {
  const here = [...new Set(terms)];
  const others = allTerms.filter((term) => !here.includes(term));
  const rows = (term: Term): Line[] => {
    const { word, text } = glossary[term];
    return [[span(word, 'accent', { bold: true })], ...wrapped(text, width, 'plain', '  '), blank];
  };
  const head: Line = [span(here.length === 0 ? 'Words' : 'Words here', 'title', { bold: true }), close];
  const rest: Line[] = here.length === 0 ? [] : [line('All others', 'title'), blank];
  return [head, blank, ...here.flatMap(rows), ...rest, ...others.flatMap(rows)];
}
