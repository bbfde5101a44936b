import { cleanText } from '../../../text/clean.ts';
import { wrapText } from '../../../text/width.ts';
import type { Install } from '../../../watch/install.ts';
import { silenceOf } from '../../../watch/silence.ts';
import { type Entry, timelineOf } from '../../../watch/timeline.ts';
import { type Line, line, span, wrapped } from '../../kit/lines.ts';
import { memoLast } from '../../kit/memo.ts';
import type { Tone } from '../../kit/theme.ts';

const byWidth = 'processor'.length;
const clockWidth = '10:53:00'.length;
/** Where the text begins. */
const indent = clockWidth + byWidth + 2;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** Who said and saw what of a VM, and when, the oldest first; a long text goes on below itself. */
export function logRows(install: Install, now: number, width: number): readonly Line[] {
  const rows = entryRows(timelineOf(install), width);
  const silence = silenceOf(install, now);
  if (silence !== null) return [...rows, line(`${' '.repeat(indent)}${silence}`, 'warn')];
  return rows.length > 0
    ? rows
    : wrapped('Nothing yet: neither FAI nor the host has said anything since xenfai began to watch.', width, 'dim');
}

const entryRows = (entries: readonly Entry[], width: number): readonly Line[] =>
  entries.flatMap((entry, index) => {
    const day = dayOf(entry.at);
    const before = entries[index - 1];
    const head = before !== undefined && dayOf(before.at) === day ? [] : [line(`${day} UTC`, 'dim')];
    return [...head, ...rowsOf(entry, Math.max(20, width - indent))];
  });

function rowsOf({ at, by, text }: Entry, room: number): Line[] {
  const [first = '', ...more] = wrapText(cleanText(text), room);
  const tone = toneOf(by, text);
  return [
    [
      span(`${clockOf(at)} `, 'dim'),
      span(`${by.padEnd(byWidth)} `, by === 'FAI' ? 'accent' : 'dim'),
      span(first, tone),
    ],
    ...more.map((part): Line => [span(' '.repeat(indent)), span(part, tone)]),
  ];
}

/** What went wrong stands out; the word says it, too. */
function toneOf(by: Entry['by'], text: string): Tone {
  if (by === 'xenfai') return /^(recorded as failed|lost)/.test(text) ? 'bad' : 'plain';
  if (by !== 'FAI') return 'plain';
  if (text.startsWith('TASKERROR')) return 'bad';
  return /^TASKEND \S+ [1-9]/.test(text) ? 'warn' : 'plain';
}

/** The same rows for the same VM in the same width: a key must not wrap them anew. */
export const logRowsOnce = memoLast(logRows);
