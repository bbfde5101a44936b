import { cutText, widthOf } from './width.ts';

// Names of machines differ at their ends: web-frontend-01, web-frontend-02. Cut at the end they would all be one.

/** A name in the pieces that a terminal draws, each with its columns. */
type Pieces = readonly string[];

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

const piecesOf = (name: string): Pieces =>
  /^[\x20-\x7e]*$/.test(name) ? name.split('') : Array.from(segmenter.segment(name), ({ segment }) => segment);

/**
 * Each name that is wider than `width` columns, cut to it so that two different names never look the same: at its end
 * where that keeps it apart from the others, else in its middle (`web-front…-01`), else around what differs. Where
 * there is no room even for that they are numbered. A name that is not in the answer fits as it is.
 */
export function cutApart(names: readonly string[], width: number, ellipsis = '…'): ReadonlyMap<string, string> {
  const all = [...new Set(names)].sort();
  const long = all.filter((name) => widthOf(name) > width);
  const taken = new Set(all.filter((name) => widthOf(name) <= width));
  const cuts = new Map<string, string>();
  const groups = Map.groupBy(long, (name) => cutText(name, width, ellipsis));
  const keep = (group: readonly string[], texts: readonly string[]): void => {
    for (const [index, name] of group.entries()) {
      const text = texts[index] ?? '';
      taken.add(text);
      cuts.set(name, text);
    }
  };
  const isFree = (texts: readonly string[]): boolean =>
    new Set(texts).size === texts.length && texts.every((text) => !taken.has(text));

  // Those that the plain cut keeps apart first: they stay as one expects them.
  const byNeed = [...groups].sort(([, a], [, b]) => Math.min(a.length, 2) - Math.min(b.length, 2));
  for (const [plain, group] of byNeed) {
    if (group.length === 1 && isFree([plain])) keep(group, [plain]);
    else keep(group, firstOf(shapes(group, width, ellipsis), isFree) ?? numbered(group, width, ellipsis, taken));
  }
  return cuts;
}

function firstOf<T>(items: Iterable<T>, test: (item: T) => boolean): T | undefined {
  for (const item of items) if (test(item)) return item;
  return undefined;
}

/** Ways to cut the names of a group, the best first. */
function* shapes(group: readonly string[], width: number, ellipsis: string): Generator<string[]> {
  const pieces = group.map(piecesOf);
  const room = width - widthOf(ellipsis);
  for (let tail = 1; tail < room; tail += 1)
    yield pieces.map((name) => {
      const end = name.slice(tailFrom(name, tail, room)).join('');
      return headOf(name, room - widthOf(end)) + ellipsis + end;
    });
  const common = commonHead(pieces);
  const head = Math.min(3, Math.max(0, room - 6));
  for (const from of [wordStart(pieces[0] ?? [], common), common])
    yield pieces.map((name) => {
      const begin = headOf(name.slice(0, from), head) + ellipsis;
      return begin + cutText(name.slice(from).join(''), Math.max(0, width - widthOf(begin)), ellipsis);
    });
}

/** Where the last `least` pieces begin, or the word they are in, if it takes no more than half of the room. */
function tailFrom(name: Pieces, least: number, room: number): number {
  const from = Math.max(0, name.length - least);
  const start = wordStart(name, from);
  return widthOf(name.slice(start).join('')) <= room / 2 ? start : from;
}

const isWord = (piece: string | undefined): boolean => piece !== undefined && /[\p{L}\p{N}]/u.test(piece);

/** The beginning of the word at this place, with the sign before it. */
function wordStart(name: Pieces, at: number): number {
  let start = at;
  while (start > 0 && isWord(name[start - 1])) start -= 1;
  return Math.max(0, start - 1);
}

/** The first pieces that fit. */
function headOf(name: Pieces, room: number): string {
  let text = '';
  for (const piece of name) {
    if (widthOf(text + piece) > room) break;
    text += piece;
  }
  return text;
}

/** How many pieces all of them begin with. */
function commonHead([first = [], ...others]: readonly Pieces[]): number {
  const ends = others.map((other) => first.findIndex((piece, index) => other[index] !== piece));
  return Math.min(first.length, ...ends.map((end) => (end < 0 ? first.length : end)));
}

function numbered(
  group: readonly string[],
  width: number,
  ellipsis: string,
  taken: ReadonlySet<string>,
): readonly string[] {
  const texts: string[] = [];
  for (const name of group) {
    let number = 1;
    const text = (): string => headOf(piecesOf(name), width - widthOf(`${ellipsis}${number}`)) + ellipsis + number;
    while (taken.has(text()) || texts.includes(text())) number += 1;
    texts.push(text());
  }
  return texts;
}
