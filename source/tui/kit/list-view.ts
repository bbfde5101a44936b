import { cleanLine } from '../../text/clean.ts';
import { cutText } from '../../text/width.ts';
import { type Line, span, wrapped } from './lines.ts';
import type { ListState } from './list.ts';
import type { Glyphs } from './theme.ts';

/** Columns that a filter has beside a title; whoever types it sees all of it. */
const roomForFilter = 20;

/** The filter of a list as it stands beside its title; nothing where there is none. */
export const filterNote = ({ filter }: ListState, { ellipsis }: Pick<Glyphs, 'ellipsis'>): Line =>
  filter === '' ? [] : [span(`/${cutText(cleanLine(filter), roomForFilter, ellipsis)}`, 'accent', { bold: true })];

/** In place of the rows when none fits the filter: what to press. `what`: "12 VMs". */
export const noHitRows = ({ filter }: ListState, what: string, width: number): Line[] =>
  wrapped(`None of ${what} matches /${filter}: Esc shows all of them, / changes the filter.`, width);
