import type { Install } from '../../../watch/install.ts';
import { lookOf } from '../../app/installs.ts';
import { bar, blank, foreign, hint, type Line, span, wrapped } from '../../kit/lines.ts';
import { noHitRows } from '../../kit/list-view.ts';
import type { Size } from '../../kit/size.ts';
import { type ScreenColumn, tableRows } from '../../kit/table.ts';
import { installLooks } from '../../kit/theme.ts';
import { type Around, fleetColumns, leastForTask, taskNeed, taskText } from './columns.ts';
import { headerRow, stateWords } from './header.ts';
import { type FleetScene, fleetInstalls, fleetRows, hearingOf } from './state.ts';
import { taskReason } from './task-reason.ts';

const { name, state, power, since, started, armed, memory, task } = fleetColumns;

const columns: readonly ScreenColumn<Install, Around>[] = [
  name,
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
  { ...started, tone: () => 'dim' },
  { ...armed, tone: () => 'dim' },
  { ...memory, tone: () => 'dim' },
  { ...task, draw: taskSpans },
];

export function fleetTable(scene: FleetScene, size: Size): Line[] {
  const { shared, own } = scene;
  const { list, sorting } = own;
  const rows = fleetRows(scene);
  const header = headerRow(scene, size);
  if (rows.length === 0) return [header, blank, ...emptyRows(scene, size)];
  const at = Math.max(
    0,
    rows.findIndex(({ vm }) => vm.ref === list.selected),
  );
  const around = { now: shared.now, ...hearingOf(scene) };
  const isTicked = ({ vm }: Install): boolean => list.ticked.has(vm.ref);
  const room = { ...size, height: size.height - 1 };
  const tasks = { rest: leastForTask, use: taskNeed(rows) };
  const table = { columns, rows, around, at, heads: true, ...tasks, sorted: sorting, isTicked };
  return [header, ...tableRows(table, room)];
}

/** Why there is nothing to see, and what to press. */
function emptyRows(scene: FleetScene, { glyphs, width }: Size): Line[] {
  const { own, shared } = scene;
  if (!own.following) return [hint(`Reading the VMs${glyphs.ellipsis}`)];
  if (own.list.filter !== '') {
    const words = [...stateWords(scene), 'running', 'halted'].join(', ');
    return [
      ...noHitRows(own.list, `${fleetInstalls(scene).length} VMs`, width),
      blank,
      ...wrapped(`Type a part of a name, or a state: ${words}; with ! before it, all others.`, width, 'dim'),
    ];
  }
  const others = shared.fleet.byRef.size;
  return wrapped(
    `No VM here has to do with an FAI install yet. n makes one${others === 0 ? '' : `, o shows the ${others} others`}.`,
    width,
  );
}

/** The task in words; one that goes on with a bar; one that has gone silent without. */
function taskSpans(install: Install, around: Around, room: number, { glyphs }: Size): Line {
  const { now, ...hearing } = around;
  const { progress } = install;
  const look = lookOf(install, now);
  if (look !== 'installing' || progress === null) {
    const unknown = progress === null && look === 'installing';
    return [foreign(taskText(install, around), unknown ? 'dim' : installLooks[look].tone)];
  }
  const silence = taskReason(install, hearing, now);
  if (silence !== null) return [foreign(`${progress.percent}% ${silence.short}, in ${progress.task ?? '?'}`, 'warn')];
  const cells = Math.max(3, Math.min(12, room - 17));
  return [
    span(`${bar(progress.percent / 100, cells, glyphs)} ${String(progress.percent).padStart(3)}% `, 'accent'),
    foreign(progress.task ?? ''),
  ];
}
