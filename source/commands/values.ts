import { type HostRelease, hostRelease, knownReleases } from '../boot/releases.ts';
import { BadValue } from '../problem/bad-value.ts';
import { parseSize, sizeProblem } from '../text/sizes.ts';
import { readWay, type Way } from '../transport/ssh/way.ts';
import { nearestWord } from './nearest.ts';

// Values of flags. Each throws BadValue with what is wanted instead.

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new BadValue('a whole number is wanted');
  return Number(text);
}

/** A whole number in these bounds. */
export const between =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new BadValue(`a whole number from ${least} to ${most} is wanted`);
  };

export const port = between(0, 65_535);

/** Seconds that something may take, to the millisecond: no longer than a timer of this machine can be set. */
export function seconds(text: string): number {
  const value = positive(text);
  if (value < 0.001 || value > 86_400) throw new BadValue('seconds are wanted, a day at most');
  return value;
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new BadValue('a number above 0 is wanted');
  return value;
}

/** Bytes. A bare number is bytes, too; one that can only have been meant otherwise is asked about. */
export function size(text: string): number {
  const problem = sizeProblem(text);
  if (problem !== null) throw new BadValue(problem);
  return parseSize(text) ?? 0;
}

/** One of these words. A typo is told which it is near. */
export const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string): Word => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    const like = nearestWord(text, words);
    throw new BadValue(`${like === null ? '' : `did you mean ${like}? `}one of ${words.join(', ')} is wanted`);
  };

/** A Debian architecture that a PV guest of XenServer can have; x86_64 is warned of, for a tree may be called so. */
export function architecture(text: string): string {
  if (text === 'x86_64') return text;
  if (/^(i[456]86|x86|32|ia32)$/.test(text)) throw new BadValue('Debian calls it i386');
  return oneOf(['i386', 'amd64'])(text);
}

/** The code name of a Debian release: one word of those letters that stand in a path. */
export function codeName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9.+~_-]*$/.test(text)) throw new BadValue('one word is wanted, such as lenny');
  return text;
}

/** The same, or nothing where nothing means that another place names it. */
export const codeNameOrNone = (text: string): string => (text === '' ? text : codeName(text));

/** A release of XenServer or XCP-ng, by its own number or by one that belongs to it, as 5.6.0 does to 5.6. */
export function hostVersion(text: string): HostRelease {
  const isNumber = /^\d{1,2}\.\d{1,2}(\.\d{1,4})*$/.test(text);
  const release = hostRelease(/^5\.6 ?FP1$/i.test(text) ? '5.6.100' : isNumber ? text : '');
  if (release === null) throw new BadValue(`that is not a release; there are ${knownReleases.join(', ')}`);
  return release;
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A moment: an ISO time, or how long ago, as in 90m, 2h, 3d. Handed the present, it says when. */
export function moment(text: string): (now: Date) => Date {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w')
    return (now) => new Date(now.getTime() - Number(count) * units[unit]);
  const at = new Date(text);
  if (!/^\d{4}-/.test(text) || Number.isNaN(at.getTime()))
    throw new BadValue('a time is wanted, as in 2h, 3d or 2026-05-01T10:00:00Z');
  return () => at;
}

/** The value of --via; null: `none`, where a profile has one. */
export function wayOrNone(text: string): Way | null {
  if (text === 'none') return null;
  const way = readWay(text);
  if (way === null) throw new BadValue('user@host is wanted, as ssh takes it, with :port where it is not 22');
  return way;
}
