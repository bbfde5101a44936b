import { coarseAge } from '../../../text/time.ts';
import type { Install } from '../../../watch/install.ts';
import { lookOf } from '../../app/installs.ts';
import type { Column } from '../../kit/column.ts';
import { installLooks } from '../../kit/theme.ts';

/** What the cells need besides their VM: the time. */
export interface Around {
  readonly now: number;
}

const name: Column<Install, Around> = {
  head: 'NAME',
  width: { least: 12, most: 40 },
  cell: ({ vm }) => vm.record.name_label,
};

const state: Column<Install, Around> = {
  head: 'STATE',
  width: 18,
  cell: (install, { now }) => installLooks[lookOf(install, now)].word,
};

const power: Column<Install, Around> = {
  head: 'POWER',
  width: 9,
  cell: ({ vm }) => vm.record.power_state.toLowerCase(),
};

const since: Column<Install, Around> = {
  head: 'SINCE',
  width: 8,
  cell: ({ times }, { now }) => (times.state === null ? '' : coarseAge(now - times.state)),
};

const task: Column<Install, Around> = {
  head: 'TASK',
  cell: (install, { now }) => taskText(install, now),
};

/** What it is doing, in words. */
export function taskText(install: Install, now: number): string {
  const { progress, state: record } = install;
  if (record.state === 'half-armed') return `missing ${record.missing.join(' ')}`;
  switch (lookOf(install, now)) {
    case 'failed':
      return `${progress?.failedTask ?? ''} ${progress?.code ?? ''}`;
    case 'waiting':
      return 'wants RETURN';
    case 'installing':
      return progress === null ? '' : `${progress.percent}% ${progress.task ?? ''}`;
    default:
      return '';
  }
}

/** The columns of the table of VMs. */
export const fleetColumns = { name, state, power, since, task } as const;
