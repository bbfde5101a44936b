import * as z from 'zod/mini';
import { HostFailure } from '../xapi/errors.ts';
import { roleForAll } from '../xapi/roles.ts';
import type { Session } from '../xapi/session.ts';

/** Who is logged in, and what that account may do. */
export interface Account {
  /** As the directory calls it, or as it was typed. Foreign text. */
  readonly name: string;
  /** Messages in small letters; null: all of them, or nobody knows. */
  readonly permissions: ReadonlySet<string> | null;
}

/** The host's own superuser in every release (xapi_session.ml): nobody need ask what he may do. */
const superuser = 'root';

const sessionRecord = z.object({
  is_local_superuser: z._default(z.boolean(), false),
  auth_user_name: z._default(z.string(), ''),
  /** From 5.6 on. */
  rbac_permissions: z._default(z.array(z.string()), []),
});

/**
 * Asked once, together with what else is read of a host, and not at all for root: it costs no time of its own. A host
 * that does not say keeps what it forbids for later.
 */
export async function readAccount(session: Session, user: string): Promise<Account> {
  if (user === superuser) return { name: user, permissions: null };
  const record = await session.ownRecord(sessionRecord).catch((error: unknown) => {
    if (error instanceof HostFailure) return null;
    throw error;
  });
  const {
    is_local_superuser: all = true,
    auth_user_name: name = '',
    rbac_permissions: permissions = [],
  } = record ?? {};
  return {
    name: name || user,
    permissions: all || permissions.length === 0 ? null : new Set(permissions.map((one) => one.toLowerCase())),
  };
}

/** What of these messages the account may not send. */
export const forbidden = ({ permissions }: Account, messages: readonly string[]): readonly string[] =>
  permissions === null ? [] : messages.filter((message) => !permissions.has(message.toLowerCase()));

/** Why somebody may not do what takes these messages, in a sentence; null: they may, as far as is known. */
export function roleReason(account: Account, messages: readonly string[]): string | null {
  const not = forbidden(account, messages);
  return not.length === 0 ? null : `${account.name} may not do that: it needs the role ${roleForAll(not)}.`;
}
