import { defaults } from '../limits/defaults.ts';
import type { Given } from './global-flags.ts';
import type { Take } from './take.ts';
import { positive } from './values.ts';

const minute = 60_000;

export const patienceFlag = (take: Take) => ({
  patience: take.as(
    '--patience <minutes>',
    `without a sign of life until a VM counts as lost; default ${defaults.patience / minute}`,
    positive,
  ),
});

/** What every command takes that starts an install. */
export const watchFlags = (take: Take) => ({
  watch: take.on('--watch', 'then a line for each change, until each is installed or has failed'),
  ...patienceFlag(take),
});

export type WatchFlags = ReturnType<typeof watchFlags>;

export type Watching = Given & Partial<WatchFlags>;

/** Milliseconds. */
export const patienceOf = ({ patience }: Partial<WatchFlags>): number =>
  patience === undefined ? defaults.patience : patience * minute;
