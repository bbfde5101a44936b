import { formatBytes } from '../../../text/sizes.ts';
import { coarseAge } from '../../../text/time.ts';
import { widthOf } from '../../../text/width.ts';
import { failureOf, type Install } from '../../../watch/install.ts';
import type { InstallTimes } from '../../../watch/times.ts';
import { lookOf, urgencyOf } from '../../app/installs.ts';
import type { Column } from '../../kit/column.ts';
import { memoLast } from '../../kit/memo.ts';
import { marker } from '../../kit/table.ts';
import { installLooks } from '../../kit/theme.ts';
import { type Hearing, taskReason } from './task-reason.ts';

/** What the cells need besides their VM: the time, and where FAI's messages could come from. */
export interface Around extends Partial<Hearing> {
  readonly now: number;
}

const wordWidth = 18;
const powerWidth = 9;
const ageWidth = 8;
const nameWidth = { least: 12, most: 60 } as const;

const name: Column<Install, Around> = {
  head: 'NAME',
  width: nameWidth,
  cell: ({ vm }) => vm.record.name_label,
  sort: () => 0,
};

/** By this column the problems come first. */
const state: Column<Install, Around> = {
  head: 'STATE',
  width: wordWidth,
  cell: (install, { now }) => installLooks[lookOf(install, now)].word,
  sort: (install, { now }) => urgencyOf(lookOf(install, now)),
};

const power: Column<Install, Around> = {
  head: 'POWER',
  width: powerWidth,
  spare: 1,
  leaves: 25,
  cell: ({ vm }) => vm.record.power_state.toLowerCase(),
  sort: ({ vm }) => ['Running', 'Paused', 'Suspended', 'Halted'].indexOf(vm.record.power_state),
};

/** A column with the time since something happened, the latest first. */
const age = (head: string, time: keyof InstallTimes, spare?: number): Column<Install, Around> => ({
  head,
  width: ageWidth,
  ...(spare === undefined ? {} : { spare }),
  cell({ times }, { now }) {
    const at = times[time];
    return at === null ? '' : coarseAge(now - at);
  },
  sort: ({ times }) => -(times[time] ?? Number.NEGATIVE_INFINITY),
});

const since = age('SINCE', 'state');
const started = age('STARTED', 'started', 2);
const armed = age('ARMED', 'armed', 3);

const memory: Column<Install, Around> = {
  head: 'MEMORY',
  width: 8,
  spare: 4,
  cell: ({ vm }) => formatBytes(vm.record.memory_static_max),
  sort: ({ vm }) => vm.record.memory_static_max,
};

const task: Column<Install, Around> = {
  head: 'TASK',
  cell: taskText,
  sort: ({ progress }) => progress?.percent ?? -1,
};

/** What it is doing, in words; else why nobody knows. */
export function taskText(install: Install, { now, ...hearing }: Around): string {
  const { progress, state: record } = install;
  if (record.state === 'half-armed') return `missing ${record.missing.join(' ')}`;
  switch (lookOf(install, now)) {
    case 'failed':
      return failureText(install);
    case 'waiting':
      return 'wants RETURN';
    case 'lost':
      return lostText(install, { now, ...hearing });
    case 'installing':
      if (progress !== null) return `${progress.percent}% ${progress.task ?? ''}`;
      return taskReason(install, hearing, now)?.short ?? '';
    default:
      return taskReason(install, hearing, now)?.short ?? '';
  }
}

/** How far it was, and why nobody knows more. */
function lostText(install: Install, { now, ...hearing }: Around): string {
  const why = taskReason(install, hearing, now)?.short;
  if (install.progress === null) return why ?? '';
  return `${install.progress.percent}% ${why ?? install.progress.task ?? ''}`;
}

function failureText(install: Install): string {
  const failure = failureOf(install);
  return failure === null ? '' : `${failure.task} ${failure.code}`;
}

/** The columns of the table of VMs. */
export const fleetColumns = { name, state, power, since, started, armed, memory, task } as const;

/** What TASK has at least: a bar and a word beside it. */
export const leastForTask = 19;
const mostForTask = 60;

/** Columns that the tasks of these VMs may take, whatever time makes of them: nothing moves because an age has grown. */
export const taskNeed = memoLast((installs: readonly Install[]): number => {
  const most = installs.reduce((sum, install) => Math.max(sum, needOf(install)), leastForTask);
  return Math.min(mostForTask, most);
});

function needOf({ state, progress, vm }: Install): number {
  if (state.state === 'half-armed') return `missing ${state.missing.join(' ')}`.length;
  if (progress !== null) return '100% no message for 59 min, in updatebase'.length;
  return vm.record.power_state === 'Running' ? 'no monserver in its line'.length : 0;
}

/** Columns of the screen in which neither a name nor a task is cut. */
export const tableNeed = memoLast((installs: readonly Install[]): number => {
  const names = installs.reduce((most, { vm }) => Math.max(most, widthOf(vm.record.name_label)), 0);
  const shown = Math.max(nameWidth.least, Math.min(nameWidth.most, names));
  return [marker, shown, wordWidth, powerWidth, ageWidth, taskNeed(installs)].reduce(
    (sum, width) => sum + width + 1,
    -2,
  );
});

/** Those that can give the order, as the key for it goes through them. */
export const sortable: readonly Column<Install, Around>[] = [state, since, task, started, armed, power, memory, name];
