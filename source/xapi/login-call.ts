import * as z from 'zod/mini';
import type { HttpConnections } from '../transport/transport.ts';
import { HostFailure } from './errors.ts';
import { type ExchangeOptions, exchange } from './exchange.ts';
import type { Secret } from './secret.ts';

/** By this the host tells our sessions from those of others with the same account (6.2 and later). */
export const originator = 'xenfai';

/** The version of the API that we were made for. No release looks at it. */
const version = '1.7';

/**
 * session.login_with_password with four arguments: the version came with 4.1, the originator with 6.2, and what is
 * optional may be too many on a release that does not know it (gen_server.ml). One that counts them all the same says how
 * many it wants, and is given the first of them. The name goes as it was typed: root, DOMAIN\user, user@domain.
 * Errors: as `exchange`.
 */
export async function loginCall(
  connections: HttpConnections,
  user: string,
  password: Secret,
  options: ExchangeOptions,
): Promise<string> {
  const method = 'session.login_with_password';
  const all = [user, password.reveal(), version, originator];
  try {
    return await exchange(connections, method, all, z.string(), options);
  } catch (error) {
    const wanted = error instanceof HostFailure ? countWanted(error) : null;
    if (wanted === null) throw error;
    return exchange(connections, method, all.slice(0, wanted), z.string(), options);
  }
}

function countWanted({ code, params }: HostFailure): number | null {
  const count = Number(params[1]);
  return code === 'MESSAGE_PARAMETER_COUNT_MISMATCH' && (count === 2 || count === 3) ? count : null;
}
