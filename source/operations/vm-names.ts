import { BadValue } from '../problem/bad-value.ts';

/** How many names one pattern may make: a typo in a range must not ask for a million VMs. */
export const mostNames = 1000;

/**
 * `web[01-03]` -> web01, web02, web03; zero padding as written; `db[1,3-4]` and several brackets work too.
 * Throws BadValue with a readable text for a pattern that makes no sense.
 */
export function expandNames(pattern: string): string[] {
  const match = /^(.*?)\[([^\][]*)\](.*)$/.exec(pattern);
  if (match === null) {
    if (/[[\]]/.test(pattern)) throw new BadValue(`"${pattern}": a bracket is missing; write web[01-08]`);
    return [pattern];
  }
  const [, before = '', list = '', after = ''] = match;
  const heads = list.split(',').flatMap((part) => expandRange(part.trim(), pattern));
  const tails = expandNames(after);
  const names = heads.flatMap((head) => tails.map((tail) => before + head + tail));
  if (names.length > mostNames) throw new BadValue(`"${pattern}" makes more than ${mostNames} names`);
  return names;
}

/** The next name of a row that nobody has: web01, web02 .. `like` is where the row goes on. */
export function freeName(taken: ReadonlySet<string>, like = 'web01'): string {
  const [, head = like, digits = '01'] = /^(.*?)(\d+)$/.exec(like) ?? [];
  for (let number = Number(digits); ; number += 1) {
    const name = head + String(number).padStart(digits.length, '0');
    if (!taken.has(name)) return name;
  }
}

function expandRange(part: string, pattern: string): string[] {
  if (/^\d+$/.test(part)) return [part];
  const match = /^(\d+)-(\d+)$/.exec(part);
  if (match === null) throw new BadValue(`"${pattern}": write numbers in the brackets, as in web[01-08]`);
  const [, first = '', last = ''] = match;
  const count = Number(last) - Number(first) + 1;
  if (count < 1) throw new BadValue(`"${pattern}": ${first} comes after ${last}`);
  if (count > mostNames) throw new BadValue(`"${pattern}" makes more than ${mostNames} names`);
  return Array.from({ length: count }, (_, i) => String(Number(first) + i).padStart(first.length, '0'));
}
