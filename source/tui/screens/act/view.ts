import { problemRows } from '../../app/problem-rows.ts';
import { loaderReason } from '../../app/shared.ts';
import { chosenFacts } from '../../app/templates.ts';
import type { View } from '../../kit/binding.ts';
import { formRows, helpRows, requiredNote } from '../../kit/form-rows.ts';
import { blank, foreign, hint, type Line, span, title, wrapped } from '../../kit/lines.ts';
import { filterNote, noHitRows } from '../../kit/list-view.ts';
import { menuOf } from '../../kit/menu.ts';
import type { Size } from '../../kit/size.ts';
import { type ScreenColumn, tableRows } from '../../kit/table.ts';
import { installLooks } from '../../kit/theme.ts';
import { candidateAt, candidateRows, candidatesOf } from './candidates.ts';
import { createFields } from './fields.ts';
import { actMenu } from './menu.ts';
import type { ActScene, Candidate, PickWork } from './state.ts';

export function actMenuView(scene: ActScene, size: Size): View {
  const { shared, own } = scene;
  const chosen = chosenFacts(shared.templates);
  const without = loaderReason(shared);
  const warning = 'The repository check failed and was overridden: an attempt will probably be wasted.';
  return {
    rows: [
      title('What do you want to do?'),
      chosen === undefined
        ? hint('No template is chosen yet: new VMs begin with one.')
        : [span('Template: ', 'dim'), foreign(chosen.name)],
      ...(without === null ? [] : wrapped(without, size.width, 'warn')),
      ...(shared.overridden ? wrapped(warning, size.width, 'bad') : []),
      blank,
    ],
    menu: menuOf(actMenu(scene), own.menu),
  };
}

export function createView({ own }: ActScene, size: Size): View {
  const fields = createFields(own);
  const drawn = formRows(fields, own.form, size);
  const [button, ...others] = drawn.rows.toReversed();
  return {
    rows: [
      [...title('New VMs'), requiredNote],
      blank,
      ...others.toReversed(),
      blank,
      ...(button === undefined ? [] : [button]),
      blank,
      ...helpRows(fields, own.form, size),
      ...(own.problem === null ? [] : problemRows(own.problem, size)),
    ],
  };
}

const pickTitles: Readonly<Record<PickWork, string>> = {
  start: 'Which VMs do you want to boot?',
  rearm: 'Which VMs shall run the installer once more?',
  repair: 'Which VM shall get what it lacks, before its first boot?',
};

/** References of those ticked. */
type Ticked = ReadonlySet<string>;

const columns = (boxWidth: number): readonly ScreenColumn<Candidate, Ticked>[] => [
  {
    head: '',
    width: boxWidth,
    cell: ({ ref }, ticked) => (ticked.has(ref) ? 'x' : ''),
    draw: ({ ref, reason }, ticked, _, { glyphs }) =>
      reason === null ? [span(ticked.has(ref) ? glyphs.on : glyphs.off, 'good')] : [],
  },
  {
    head: 'NAME',
    width: { least: 12, most: 30, share: 0.35 },
    cell: ({ name }) => name,
    tone: ({ reason }) => (reason === null ? 'plain' : 'dim'),
  },
  {
    head: 'STATE',
    width: 16,
    cell: ({ look }) => installLooks[look].word,
    tone: ({ reason }) => (reason === null ? 'plain' : 'dim'),
  },
  {
    head: 'NOT NOW',
    cell: ({ reason, doubt }) => reason ?? doubt,
    tone: ({ reason }) => (reason === null ? 'warn' : 'dim'),
  },
];

export function pickView(scene: ActScene, size: Size): View {
  const { own } = scene;
  const rows = candidateRows(scene);
  if (rows.length === 0) {
    const all = `${candidatesOf(scene).length} VMs`;
    const none = own.list.filter === '' ? [hint('There are no VMs here.')] : noHitRows(own.list, all, size.width);
    return {
      rows: [[...title(pickTitles[own.work]), span('  '), ...filterNote(own.list, size.glyphs)], blank, ...none],
    };
  }
  const { ref } = candidateAt(scene) ?? {};
  const at = rows.findIndex((row) => row.ref === ref);
  const around = own.list.ticked;
  const ticked =
    around.size === 0
      ? [span('  *', 'accent', { bold: true }), span(own.work === 'start' ? ' ticks all armed' : ' ticks all', 'dim')]
      : [span(`  ${around.size} ticked`, 'accent', { bold: true })];
  const head: Line = [
    ...title(pickTitles[own.work]),
    span(`  ${at + 1} of ${rows.length}  `, 'dim'),
    ...filterNote(own.list, size.glyphs),
    ...ticked,
  ];
  const room = { ...size, height: size.height - 2 };
  return {
    rows: [
      head,
      blank,
      ...tableRows({ columns: columns(size.glyphs.off.length), rows, around, at, heads: false }, room),
    ],
  };
}
