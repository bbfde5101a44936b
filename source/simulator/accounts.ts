import { type Account, type Role, roles } from './account.ts';
import { ApiError } from './api-error.ts';
import { text } from './calls/context.ts';
import lowest from './releases/roles.json' with { type: 'json' };
import type { Fields } from './types.ts';
import type { World } from './world.ts';

/** The lowest role for each message; what is not there is for all. Printed from the datamodel. */
const wanted: ReadonlyMap<string, number> = new Map(
  Object.entries(lowest as Record<string, Record<string, string>>).flatMap(([role, classes]) =>
    Object.entries(classes).flatMap(([className, messages]) =>
      messages
        .split(' ')
        .map((message): [string, number] => [`${className}.${message}`, (roles as readonly string[]).indexOf(role)]),
    ),
  ),
);

const may = (role: Role, message: string): boolean => (wanted.get(message) ?? 0) <= roles.indexOf(role);

/** What a session's record says of who has opened it (xapi_session.ml): of root nothing but that it is. */
export function whose(world: World, account: Account | null): Fields {
  // The local superuser has no sid, and a name from 5.6 FP1 on (CP-1831).
  if (account === null)
    return { is_local_superuser: true, auth_user_name: world.profile.has('cowley') ? 'root' : '' };
  const messages = [...world.profile.model.classes].flatMap(([className, definition]) =>
    [...definition.messages.keys()].map((message) => `${className}.${message}`),
  );
  return {
    is_local_superuser: false,
    auth_user_sid: `S-1-5-21-1-2-3-${1100 + world.accounts.indexOf(account)}`,
    auth_user_name: account.name,
    rbac_permissions: messages.filter((message) => may(account.role, message)).map((one) => one.toLowerCase()),
  };
}

/** What rbac.ml looks at after the session. Errors: RBAC_PERMISSION_DENIED. */
export function refuseByRole({ database }: World, session: string, message: string): void {
  const record = database.find('session', session);
  if (record === undefined || record['is_local_superuser'] === true) return;
  const permissions = record['rbac_permissions'];
  const permission = message.toLowerCase();
  if (Array.isArray(permissions) && permissions.some((one) => text(one) === permission)) return;
  throw new ApiError('RBAC_PERMISSION_DENIED', permission, 'No permission in user session');
}
