import { parseAddress, showAddress } from '../hosts/address.ts';
import { explain } from '../hosts/explain.ts';
import { ProblemError } from '../problem/problem.ts';
import type { Shell } from '../transport/ssh/shell.ts';
import { hostAtItsEnd, showWay, type Way } from '../transport/ssh/way.ts';
import type { Transport } from '../transport/transport.ts';
import { note } from './print.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The network as seen from the other end of the way, with ssh begun: on a terminal it asks now what it has to ask,
 * because later the screen may be there. Null: this machine's own. Errors: ProblemError, exit 3 or 130.
 */
export async function networkAt(way: Way | null, around: Surroundings): Promise<Transport> {
  if (way === null) return around.transport;
  const tunnelled = await around.transport.through(way);
  const tell = around.interactive ? (line: string) => note(around, line) : null;
  try {
    await tunnelled.open({ tell, signal: around.signal });
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError(explain(error, showWay(way)), { cause: error });
  }
  return tunnelled;
}

/** Commands in the dom0 that the way leads to, where no other host is named. */
export const shellAt = async (way: Way | null, around: Surroundings): Promise<Shell | null> =>
  way === null ? null : (await networkAt(way, around)).shellOn(parseAddress(hostAtItsEnd(way)));

/** For a question and a warning: "https://xs1", "https://xs1 by ssh through ops@jump". */
export const showHost = (url: URL, way: Way | null): string =>
  way === null ? showAddress(url) : `${showAddress(url)} by ssh through ${showWay(way)}`;
