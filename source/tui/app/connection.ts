import { typedHost } from '../../hosts/certificate.ts';
import { coarseAge } from '../../text/time.ts';
import { cutText } from '../../text/width.ts';
import type { Fleet, Loss } from '../../watch/fleet.ts';
import { foreign, type Line, span } from '../kit/lines.ts';
import type { Size } from '../kit/size.ts';

// What every screen says of a host that is silent, in one place.

/** Of what the screens share: what this is told from. */
interface Seen {
  readonly host: { readonly address: string } | null;
  readonly fleet: Pick<Fleet, 'lost' | 'back'>;
  readonly now: number;
}

/** How long it is said that the host is back, in milliseconds. */
const remark = 10_000;

/** Steps in which a wait is counted down, in seconds: a row that changes every second is no news. */
const coarse = 10;
const fine = 5;

/** "trying again in 20 s", in steps; what has come is "trying now". */
export function nextTryText(nextTry: number, now: number): string {
  const left = Math.ceil((nextTry - now) / 1000);
  if (left <= 0) return 'trying now';
  const step = left > coarse ? coarse : fine;
  return `trying again in ${Math.ceil(left / step) * step} s`;
}

/** Columns of a host's name that are left of it, however little room there is. */
const leastName = 8;

/** "No answer from xvm03 for 2 min; trying again in 10 s." For want of room the name is cut: it stands above, too. */
export function lossText(loss: Loss, { host, now }: Seen, room = Number.POSITIVE_INFINITY): string {
  const [before, after] = aroundName(loss, now);
  const name = cutText(nameOf(host), Math.max(leastName, room - before.length - after.length));
  return before + name + after;
}

function aroundName({ nextTry, since, offer, refused }: Loss, now: number): readonly [before: string, after: string] {
  if (refused !== undefined) return ['The certificate of ', ' has changed: nothing is sent; ^R shows it.'];
  if (nextTry === null) return ['', ' is not followed any more: ^R follows it again.'];
  const age = now - since;
  const long = age < 60_000 ? 'for less than a minute' : `for ${coarseAge(age)}`;
  if (offer !== undefined)
    return [
      'Not connected to ',
      ` ${long}; ^R shows ${typedHost(offer.presented.authority)}, which is not trusted yet.`,
    ];
  return ['No answer from ', ` ${long}; ${nextTryText(nextTry, now)}.`];
}

/** There is something to say of it: it is silent, or has just come back. */
export const isRemarkable = ({ fleet: { lost, back }, now }: Seen): boolean =>
  lost !== null || (back !== null && now - back < remark);

/** The row of every screen that is empty while all is well. */
export function connectionRow(shared: Seen, { glyphs, width }: Size): Line {
  const { lost } = shared.fleet;
  if (!isRemarkable(shared)) return [];
  if (lost !== null) {
    const said = [
      span(` ${glyphs.wrong} `, 'bad', { bold: true }),
      foreign(lossText(lost, shared, width - 3), 'bad'),
    ];
    return lost.refused === undefined ? [...said, span('  '), foreign(lost.reason, 'dim')] : said;
  }
  return [span(` ${glyphs.done} `, 'good'), foreign(`${nameOf(shared.host)} answers again.`, 'good')];
}

/** Why nothing can be done with a host that is silent or refused; null: it is neither, or nobody asks it any more. */
export function lossReason(shared: Seen & { readonly window: { readonly columns: number } }): string | null {
  const { lost } = shared.fleet;
  if (lost === null || (lost.nextTry === null && lost.refused === undefined)) return null;
  return lossText(lost, shared, shared.window.columns - 1);
}

/** The time up to which the fleet is known: it stands still while the host is silent. */
export const knownAt = ({ fleet, now }: Seen): number => fleet.lost?.since ?? now;

/** xvm03 of https://xvm03. */
function nameOf(host: Seen['host']): string {
  if (host === null) return 'the host';
  return URL.canParse(host.address) ? new URL(host.address).host : host.address;
}
