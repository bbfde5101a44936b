import { wrapText } from '../../text/width.ts';
import type { Binding } from '../kit/binding.ts';
import { type Line, span } from '../kit/lines.ts';
import type { Size } from '../kit/size.ts';

const keyWidth = 20;

/** Every key of this place, what it does, and why it does nothing now. Movements share a row. */
export function helpRows<State>(
  keys: readonly Binding<State, unknown>[],
  state: State,
  { width, height }: Size,
): Line[] {
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
    if (reason !== null) rows.push([span(`${gap}not now: ${reason}`, 'warn')]);
  }
  const head: Line = [span('Keys here', 'title', { bold: true }), span('  any key closes this', 'dim')];
  return [head, ...rows].slice(0, height);
}
