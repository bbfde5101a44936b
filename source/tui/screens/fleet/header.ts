import { counted } from '../../../text/counted.ts';
import type { Listening } from '../../../watch/stream.ts';
import { urgencyOf } from '../../app/installs.ts';
import { foreign, type Line, lineWidth, span } from '../../kit/lines.ts';
import { filterNote } from '../../kit/list-view.ts';
import type { Size } from '../../kit/size.ts';
import { type InstallLook, installLooks } from '../../kit/theme.ts';
import { sortable } from './columns.ts';
import { type FleetScene, fleetInstalls, fleetRows, totalsOf } from './state.ts';

/** Shorter than in the table, where a word takes a row of its own. */
const words: Readonly<Partial<Record<InstallLook, string>>> = { waiting: 'waiting', quiet: 'no news' };

export const wordOf = (look: InstallLook): string => words[look] ?? installLooks[look].word;

/** How many VMs are how, and on the right what is not shown of them, what is ticked, and where one is. */
export function headerRow(scene: FleetScene, size: Size): Line {
  const { glyphs, width } = size;
  const long = totalSpans(scene, ({ look, count }, first) => [
    span(first ? ' ' : ` ${glyphs.bullet} `, 'dim'),
    span(`${count} ${wordOf(look)}`, installLooks[look].tone),
  ]);
  const short = totalSpans(scene, ({ look, count }) => [
    span(` ${glyphs.install[look]}${count}`, installLooks[look].tone),
  ]);
  const full = placeSpans(scene, size, { unseen: true, key: true });
  const keyless = placeSpans(scene, size, { unseen: true, key: false });
  const brief = placeSpans(scene, size, { unseen: false, key: false });
  const gap = 2;
  const fits = ([left, right]: readonly [Line, Line]): boolean => lineWidth(left) + gap + lineWidth(right) <= width;
  const [left, right] = (
    [
      [long, full],
      [long, keyless],
      [short, full],
    ] as const
  ).find(fits) ?? [short, brief];
  return [...left, span(' '.repeat(Math.max(gap, width - lineWidth(left) - lineWidth(right)))), ...right];
}

interface Total {
  readonly look: InstallLook;
  readonly count: number;
}

function totalSpans(scene: FleetScene, draw: (total: Total, first: boolean) => Line): Line {
  const all = fleetInstalls(scene);
  const totals = [...totalsOf(all, scene.shared.now)]
    .map(([look, count]) => ({ look, count }))
    .sort((a, b) => urgencyOf(a.look) - urgencyOf(b.look));
  const count = span(counted(all.length, 'VM'), 'title', { bold: true });
  return [count, span(totals.length === 0 ? '' : ':'), ...totals.flatMap((total, index) => draw(total, index === 0))];
}

/** What may go for want of room: how many of the ticked are out of sight, and the key that shows the hidden. */
interface Besides {
  readonly unseen: boolean;
  readonly key: boolean;
}

function placeSpans(scene: FleetScene, { glyphs }: Size, besides: Besides): Line {
  const { list, sorting } = scene.own;
  const rows = fleetRows(scene);
  const hidden = scene.shared.fleet.byRef.size - fleetInstalls(scene).length;
  const at = rows.findIndex(({ vm }) => vm.ref === list.selected) + 1;
  // The head of a column that is always there says it itself.
  const by = sortable.find(({ head, spare }) => head === sorting.head && spare !== undefined);
  const unseen = list.ticked.size - rows.filter(({ vm }) => list.ticked.has(vm.ref)).length;
  const ticked = `${list.ticked.size} ticked${unseen > 0 && besides.unseen ? ` (${unseen} unseen)` : ''}`;
  const parts: Line[] = [
    filterNote(list, glyphs),
    list.ticked.size === 0 ? [] : [span(ticked, 'accent', { bold: true })],
    by === undefined ? [] : [span(`by ${by.head}${sorting.reversed ? glyphs.falling : glyphs.rising}`, 'dim')],
    hidden === 0 ? [] : [span(`${hidden} hidden${besides.key ? ' (o)' : ''}`, 'dim')],
    [span(`${at} of ${rows.length}`)],
  ];
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : [span('  '), ...part]));
}

/** Whether FAI is heard. */
export function heardRow({ own: { listening } }: FleetScene): Line {
  return listening === null
    ? []
    : [span(' '), foreign(heardText(listening), 'problem' in listening ? 'warn' : 'dim')];
}

function heardText(listening: Listening): string {
  switch (listening.state) {
    case 'listening':
      return `FAI messages on port ${listening.port}`;
    case 'shared':
      return `FAI messages through PID ${listening.pid}`;
    case 'taken':
    case 'refused':
      return `no FAI messages: ${listening.problem.message}`;
  }
}

/** What can be typed into the filter for a state: the words of those that there are. */
export const stateWords = (scene: FleetScene): readonly string[] =>
  [...totalsOf(fleetInstalls(scene), scene.shared.now).keys()].sort((a, b) => urgencyOf(a) - urgencyOf(b));
