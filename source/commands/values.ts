import { parseSize, sizeProblem } from '../text/sizes.ts';
import { nearestWord } from './nearest.ts';

// Values of flags. Each throws RangeError with what is wanted instead.

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError('a whole number is wanted');
  return Number(text);
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new RangeError('a number above 0 is wanted');
  return value;
}

/** Bytes. A bare number is bytes, too; one that can only have been meant otherwise is asked about. */
export function size(text: string): number {
  const problem = sizeProblem(text);
  if (problem !== null) throw new RangeError(problem);
  return parseSize(text) ?? 0;
}

/** One of these words. A typo is told which it is near. */
export const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string): Word => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    const like = nearestWord(text, words);
    throw new RangeError(`${like === null ? '' : `did you mean ${like}? `}one of ${words.join(', ')} is wanted`);
  };

/** A Debian architecture: one word. Whether anybody knows it is for the check. */
export function architecture(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(text)) throw new RangeError('one word is wanted, as i386 or amd64');
  return text;
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A moment: an ISO time, or how long ago, as in 90m, 2h, 3d. Handed the present, it says when. */
export function moment(text: string): (now: Date) => Date {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w')
    return (now) => new Date(now.getTime() - Number(count) * units[unit]);
  const at = new Date(text);
  if (!/^\d{4}-/.test(text) || Number.isNaN(at.getTime()))
    throw new RangeError('a time is wanted, as in 2h, 3d or 2026-05-01T10:00:00Z');
  return () => at;
}
