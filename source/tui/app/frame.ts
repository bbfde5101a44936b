import { widthOf } from '../../text/width.ts';
import type { Binding } from '../kit/binding.ts';
import { cutLine, foreign, type Line, lineWidth, span } from '../kit/lines.ts';
import type { Size } from '../kit/size.ts';
import { unicode } from '../kit/theme.ts';
import { connectionRow, isRemarkable } from './connection.ts';
import type { Place, Shared } from './shared.ts';

/** What stands around the body of a screen. */
export const frame = { columns: 2, rows: 5 } as const;

/** Rows of a terminal that the body has. Above a form an empty row is rest for the eye; at home it is a VM more. */
export const bodyRows = ({ place }: Shared, rows: number): number => rows - frame.rows + (place.home ? 1 : 0);

/** The body of the terminal as it was last measured; for counting rows any signs will do. */
export const bodySize = (shared: Shared): Size => ({
  width: shared.window.columns - frame.columns,
  height: bodyRows(shared, shared.window.rows),
  glyphs: unicode,
});

/** The rows above the body. At home what there is to say of the host takes the place of the steps: no VM is moved. */
export function headRows(screens: readonly Placed[], shared: Shared, size: Size): Line[] {
  const remark = connectionRow(shared, size);
  const steps = railRow(screens, shared, size);
  const below = shared.place.home ? [isRemarkable(shared) ? remark : steps] : [steps, remark];
  return [headRow(shared, size), ...below];
}

interface Placed {
  readonly place: Place | null;
}

/** The top row: program, host, and what kind of world this is. */
function headRow({ host, suggestions, readOnly }: Shared, { width, glyphs }: Size): Line {
  const found =
    host === null
      ? []
      : [
          foreign(`  ${host.address}  ${host.product} ${host.version}`),
          foreign(host.pool === '' ? '' : `  ${host.pool}`),
        ];
  const banner = suggestions.banner ?? '';
  const left: Line = [
    span(' xenfai', 'accent', { bold: true }),
    ...found.map((part) => ({ ...part, text: ` ${part.text}` })),
  ];
  const right = [readOnly ? 'read-only' : '', banner].filter((part) => part !== '').join('  ');
  const room = width - widthOf(right) - 2;
  const head = cutLine(left, room, glyphs);
  return [...head, span(' '.repeat(Math.max(1, room - lineWidth(head)))), span(right, 'warn')];
}

/** The places in order: done, current, to do; by glyph and by colour. */
function railRow(screens: readonly Placed[], { place: current, visited }: Shared, { glyphs }: Size): Line {
  const places = screens.flatMap(({ place }) => (place === null ? [] : [place]));
  return places.flatMap((place, index) => {
    const here = place === current;
    const done = visited.includes(place);
    const glyph = here ? glyphs.current : done ? glyphs.done : glyphs.open;
    const tone = here ? 'accent' : done ? 'good' : 'dim';
    return [span(index === 0 ? ' ' : '  '), span(`${glyph} ${index + 1} ${place.label}`, tone, { bold: here })];
  });
}

/** One transient line: a remark, else what the place has to say (the filter being typed, a lost connection). */
export function messageRow({ flash }: Shared, message: Line): Line {
  if (flash === null) return message;
  const tone = { note: 'accent', bad: 'bad', good: 'good' } as const;
  return [span(' '), foreign(flash.text, tone[flash.tone])];
}

/**
 * The keys of this place that do something now, as many as fit. Enter, the way back, help and what works everywhere are
 * always among them. A key that does nothing now is in the help, with the reason.
 */
export function footRow<State>(
  keys: readonly Binding<State, unknown>[],
  state: State,
  { width, glyphs }: Size,
): Line {
  const offered = keys
    .filter(
      ({ hidden, shown, disabled }) => !hidden && shown?.(state) !== false && (disabled?.(state) ?? null) === null,
    )
    .map((binding) => {
      const [key] = binding.keys;
      const name = glyphs.keys[key] ?? (key.startsWith('ctrl-') ? `^${key.slice(5).toUpperCase()}` : key);
      const part: Line = [
        span(name, 'accent', { bold: true }),
        span(` ${binding.labelNow?.(state) ?? binding.label}  `),
      ];
      return {
        part,
        pinned: binding.pinned === true,
        stays: binding.pinned === true || key === 'enter' || key === 'escape',
      };
    });
  let room = width - 1 - offered.reduce((sum, { part, stays }) => sum + (stays ? lineWidth(part) : 0), 0);
  const fitting = offered.filter(({ part, stays }) => {
    if (stays) return true;
    if (lineWidth(part) > room) return false;
    room -= lineWidth(part);
    return true;
  });
  // Those that are the same everywhere stand last, where one looks for them.
  const last = fitting.filter(({ pinned }) => pinned);
  const first = fitting.filter(({ pinned }) => !pinned);
  return [span(' '), ...[...first, ...last].flatMap(({ part }) => part)];
}
