import type { Install } from '../../../watch/install.ts';
import type { Listening } from '../../../watch/stream.ts';
import { lookOf } from '../../app/installs.ts';
import { bar, blank, foreign, hint, type Line, span } from '../../kit/lines.ts';
import type { Size } from '../../kit/size.ts';
import { type ScreenColumn, tableRows } from '../../kit/table.ts';
import { installLooks } from '../../kit/theme.ts';
import { type Around, fleetColumns, taskText } from './columns.ts';
import { type FleetScene, fleetRows } from './state.ts';

const { name, state, power, since, task } = fleetColumns;

const columns: readonly ScreenColumn<Install, Around>[] = [
  { ...name, tone: (_row, _, selected) => (selected ? 'accent' : 'plain'), bold: (selected) => selected },
  {
    ...state,
    // Never by colour alone: a sign and a word.
    draw(install, { now }, _, { glyphs }) {
      const look = lookOf(install, now);
      const { word, tone } = installLooks[look];
      return [span(`${glyphs.install[look]} ${word}`, tone)];
    },
  },
  { ...power, tone: ({ vm }) => (vm.record.power_state === 'Running' ? 'plain' : 'dim') },
  { ...since, tone: () => 'dim' },
  { ...task, draw: (install, { now }, room, size) => taskSpans(install, now, room, size) },
];

/** What TASK has at least: a bar and a word beside it. */
const roomForTask = 19;

export function fleetTable(scene: FleetScene, size: Size): Line[] {
  const { shared, own } = scene;
  const rows = fleetRows(scene);
  const head = headRow(scene, rows.length);
  if (rows.length === 0) return [head, blank, hint(emptyText(scene, size))];
  const at = Math.max(
    0,
    rows.findIndex(({ vm }) => vm.ref === own.list.selected),
  );
  const around = { now: shared.now };
  const room = { ...size, height: size.height - 1 };
  return [head, ...tableRows({ columns, rows, around, at, heads: true, rest: roomForTask }, room)];
}

function emptyText({ own }: FleetScene, { glyphs }: Size): string {
  if (!own.following) return `Reading the VMs${glyphs.ellipsis}`;
  if (own.list.filter !== '') return `No name holds ${own.list.filter}; / changes the filter.`;
  return 'No VM here has to do with an FAI install yet. n makes one, o shows the others.';
}

function headRow({ own }: FleetScene, count: number): Line {
  const { listening, all, list } = own;
  const deaf = listening !== null && 'problem' in listening;
  const filter = list.filter === '' ? '' : ` /${list.filter}`;
  return [
    span('Fleet', 'title', { bold: true }),
    span(`  ${count} ${count === 1 ? 'VM' : 'VMs'}${all ? ', others too' : ''}${filter}`, 'dim'),
    span(`   ${listening === null ? '' : heardText(listening)}`, deaf ? 'warn' : 'dim'),
  ];
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

/** The task in words; one that goes on with a bar. */
function taskSpans(install: Install, now: number, room: number, { glyphs }: Size): Line {
  const { progress } = install;
  const look = lookOf(install, now);
  if (look !== 'installing' || progress === null) return [foreign(taskText(install, now), installLooks[look].tone)];
  const cells = Math.max(3, Math.min(12, room - 17));
  return [
    span(`${bar(progress.percent / 100, cells, glyphs)} ${String(progress.percent).padStart(3)}% `, 'accent'),
    foreign(progress.task ?? ''),
  ];
}
