import { type Line, span } from './lines.ts';
import type { Move } from './list.ts';
import type { TextField } from './text-field.ts';
import type { Tone } from './theme.ts';

/** A text one reads in a window that is smaller: where one is, and what is looked for. */
export interface PagerState {
  /** The first row in sight; null: the end, whatever is added to it. */
  readonly top: number | null;
  /** What is looked for; empty: nothing. */
  readonly find: string;
  /** The same while it is typed. */
  readonly typing: TextField | null;
  /** The row of the hit one is at. */
  readonly hit: number | null;
}

export const pagerAtStart: PagerState = { top: 0, find: '', typing: null, hit: null };
/** What is added comes into sight by itself. */
export const pagerAtEnd: PagerState = { ...pagerAtStart, top: null };

/** The text, and how much of it is in sight. */
export interface Pages {
  readonly rows: readonly Line[];
  readonly height: number;
}

const lastTop = ({ rows, height }: Pages): number => Math.max(0, rows.length - height);
const topOf = ({ top }: PagerState, pages: Pages): number => Math.min(top ?? lastTop(pages), lastTop(pages));

/** Whoever reaches the end follows it again. */
const movedTo = (pager: PagerState, top: number, pages: Pages): PagerState => ({
  ...pager,
  top: top >= lastTop(pages) ? null : Math.max(0, top),
});

export function movePager(pager: PagerState, step: Move, pages: Pages): PagerState {
  const top = topOf(pager, pages);
  // A row of the page before stays in sight.
  const page = Math.max(1, pages.height - 1);
  const to: Record<Move, number> = {
    up: top - 1,
    down: top + 1,
    pageup: top - page,
    pagedown: top + page,
    home: 0,
    end: lastTop(pages),
  };
  return movedTo(pager, to[step], pages);
}

const textOf = (row: Line): string => row.map(({ text }) => text).join('');
const isHit = (row: Line, find: string): boolean =>
  find !== '' && textOf(row).toLowerCase().includes(find.toLowerCase());

/** The rows that hold what is looked for, from the first. */
export const hitsOf = ({ rows }: Pages, find: string): readonly number[] =>
  rows.flatMap((row, index) => (isHit(row, find) ? [index] : []));

/** To the next hit (`by` 1) or the one before (-1), around the ends. Without a hit nothing moves. */
export function nextHit(pager: PagerState, by: 1 | -1, pages: Pages): PagerState {
  const hits = hitsOf(pages, pager.find);
  const from = pager.hit ?? (by === 1 ? topOf(pager, pages) - 1 : pages.rows.length);
  const further = by === 1 ? hits.find((row) => row > from) : hits.findLast((row) => row < from);
  const hit = further ?? (by === 1 ? hits[0] : hits.at(-1));
  return hit === undefined ? { ...pager, hit: null } : inSight({ ...pager, hit }, hit, pages);
}

/** What is looked for while it is typed: the first hit from what is in sight on. */
export function lookFor(pager: PagerState, typing: TextField, pages: Pages): PagerState {
  return nextHit({ ...pager, typing, find: typing.value, hit: null }, 1, pages);
}

function inSight(pager: PagerState, row: number, pages: Pages): PagerState {
  const top = topOf(pager, pages);
  if (row >= top && row < top + pages.height) return pager;
  return movedTo(pager, row - Math.floor(pages.height / 2), pages);
}

/** The rows in sight, with the hits to be seen. */
export function pagerRows(pager: PagerState, pages: Pages): Line[] {
  const top = topOf(pager, pages);
  return pages.rows
    .slice(top, top + pages.height)
    .map((row, index) => marked(row, pager.find, top + index === pager.hit ? 'accent' : 'plain'));
}

/** "lines 12-30 of 240", "following the end of 240 lines"; empty where all is in sight. */
export function positionText(pager: PagerState, pages: Pages, follows: boolean): string {
  const count = pages.rows.length;
  const found = pager.find === '' ? '' : `, ${hitText(pager, pages)}`;
  if (follows && pager.top === null) return `following${found}`;
  if (count <= pages.height) return found.slice(2);
  const top = topOf(pager, pages);
  return `lines ${top + 1}-${Math.min(count, top + pages.height)} of ${count}${found}`;
}

function hitText({ find, hit }: PagerState, pages: Pages): string {
  const hits = hitsOf(pages, find);
  if (hits.length === 0) return 'not found';
  return hit === null ? `${hits.length} hits` : `hit ${hits.indexOf(hit) + 1} of ${hits.length}`;
}

/** The row with every place that holds the text in inverse, across its spans. */
function marked(row: Line, find: string, tone: Tone): Line {
  const text = textOf(row).toLowerCase();
  const wanted = find.toLowerCase();
  // Small letters of some alphabets are longer than the capitals: no place could be told.
  if (wanted === '' || text.length !== textOf(row).length || !text.includes(wanted)) return row;
  let at = 0;
  return row.flatMap((part) => {
    const start = at;
    at += part.text.length;
    return pieces(text, wanted, start, at).map(([from, to, hit]) => {
      const piece = part.text.slice(from - start, to - start);
      return hit ? span(piece, tone, { inverse: true, bold: part.bold ?? false }) : { ...part, text: piece };
    });
  });
}

/** The stretch from `start` to `end`, cut where hits begin and end. */
function pieces(
  text: string,
  wanted: string,
  start: number,
  end: number,
): [from: number, to: number, hit: boolean][] {
  const cut: [number, number, boolean][] = [];
  let at = start;
  for (let hit = text.indexOf(wanted); hit >= 0 && at < end; hit = text.indexOf(wanted, hit + wanted.length)) {
    const [from, to] = [Math.max(at, hit), Math.min(end, hit + wanted.length)];
    if (to <= from) continue;
    if (from > at) cut.push([at, from, false]);
    cut.push([from, to, true]);
    at = to;
  }
  if (at < end) cut.push([at, end, false]);
  return cut;
}
