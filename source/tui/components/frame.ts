import { wrapText } from '../../text/width.ts';
import { bindings } from '../bindings.ts';
import { contextOf } from '../context.ts';
import type { Binding } from '../keys.ts';
import { cutLine, foreign, type Line, lineWidth, span } from '../lines.ts';
import { type AppState, type Step, steps } from '../state.ts';
import type { Size } from '../view.ts';

const stepNames: Readonly<Record<Step, string>> = {
  connect: 'Connect',
  template: 'Template',
  configure: 'Configure',
  verify: 'Verify',
  act: 'Act',
  fleet: 'Fleet',
};

/** The top row: program, host, and what kind of world this is. */
export function headRow(state: AppState, { width, glyphs }: Size): Line {
  const { found } = state.connect;
  const host =
    found === null
      ? []
      : [
          foreign(`  ${found.address}  ${found.product} ${found.version}`),
          foreign(found.pool === '' ? '' : `  ${found.pool}`),
        ];
  const banner = state.suggestions.banner ?? '';
  const left: Line = [
    span(' xenfai', 'accent', { bold: true }),
    ...host.map((part) => ({ ...part, text: ` ${part.text}` })),
  ];
  const right = [state.readOnly ? 'read-only' : '', banner].filter((part) => part !== '').join('  ');
  const room = width - right.length - 2;
  const head = cutLine(left, room, glyphs);
  return [...head, span(' '.repeat(Math.max(1, room - lineWidth(head)))), span(right, 'warn')];
}

/** Done, current, to do: by glyph and by colour. */
export function railRow(state: AppState, { glyphs }: Size): Line {
  return steps.flatMap((step, index) => {
    const current = step === state.step;
    const done = state.done.includes(step);
    const glyph = current ? glyphs.current : done ? glyphs.done : glyphs.open;
    const tone = current ? 'accent' : done ? 'good' : 'dim';
    return [span(index === 0 ? ' ' : '  '), span(`${glyph} ${stepNames[step]}`, tone, { bold: current })];
  });
}

/** One transient line: the filter being typed, a remark, or a lost connection. */
export function messageRow(state: AppState): Line {
  if (state.filtering !== null) {
    return [span(' filter: ', 'accent'), span(state.filtering.value), span(' ', 'plain', { inverse: true })];
  }
  if (state.flash !== null) {
    const tone = { note: 'accent', bad: 'bad', good: 'good' } as const;
    return [span(' '), foreign(state.flash.text, tone[state.flash.tone])];
  }
  const { lost } = state.fleet.installs;
  if (lost !== null && state.step === 'fleet')
    return [span(' '), foreign(`No news from the host: ${lost.reason} Trying again.`, 'bad')];
  return [];
}

/** The keys of this place, as many as fit; help is always among them. */
export function footRow(state: AppState, { width }: Size): Line {
  const shown = bindings[contextOf(state)].filter(
    ({ hidden, onlyWhenPossible, disabled }) => !hidden && !(onlyWhenPossible && disabled?.(state) != null),
  );
  const help = shown.find(({ action }) => action === 'help');
  const others = shown.filter((binding) => binding !== help);
  const parts: Line[] = [];
  let room = width - 1 - (help === undefined ? 0 : widthOfKey(help));
  for (const binding of others) {
    if (widthOfKey(binding) > room) continue;
    room -= widthOfKey(binding);
    parts.push(keySpans(binding, state));
  }
  if (help !== undefined) parts.push(keySpans(help, state));
  return [span(' '), ...parts.flat()];
}

const widthOfKey = ({ shown, label }: Binding): number => shown.length + label.length + 3;

function keySpans({ shown, label, disabled }: Binding, state: AppState): Line {
  const off = disabled?.(state) != null;
  return [span(shown, off ? 'dim' : 'accent', { bold: !off }), span(` ${label}  `, off ? 'dim' : 'plain')];
}

const moving = new Set(['up', 'down', 'pageup', 'pagedown', 'home', 'end']);

/** Every key of this place, what it does, and why it does nothing now. Movements share a row. */
export function helpRows(state: AppState, { width, height }: Size): Line[] {
  const all = bindings[contextOf(state)];
  const lists = all.some(({ action }) => action === 'pageup');
  const rows: Line[] = lists
    ? [[span(`  ${'arrows, PgUp, PgDn'.padEnd(20)}`, 'accent'), span('move; also j k g G Home End')]]
    : [];
  for (const binding of all) {
    if (lists && moving.has(binding.action)) continue;
    const reason = binding.disabled?.(state) ?? null;
    const keys = binding.keys.map((key) => key.replace('ctrl-', '^')).join(' ');
    const text = wrapText(binding.help, width - 24);
    rows.push([
      span(`  ${keys.padEnd(20)}`, reason === null ? 'accent' : 'dim'),
      span(text[0] ?? '', reason === null ? 'plain' : 'dim'),
    ]);
    for (const more of text.slice(1))
      rows.push([span(`${' '.repeat(22)}${more}`, reason === null ? 'plain' : 'dim')]);
    if (reason !== null) rows.push([span(`${' '.repeat(22)}not now: ${reason}`, 'warn')]);
  }
  const head: Line[] = [[span('Keys here', 'title', { bold: true }), span('  any key closes this', 'dim')]];
  return [...head, ...rows].slice(0, height);
}
