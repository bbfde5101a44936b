import { whose } from '../accounts.ts';
import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import type { World } from '../world.ts';
import { type Handlers, text } from './context.ts';

/** xapi_globs.ml: how many sessions there may be, and how long one may be idle, in milliseconds. */
const mostSessions = 400;
const longestIdle = 24 * 3600 * 1000;

/** Checks the session of a call and notes its use. Errors: SESSION_INVALID. */
export function touchSession(world: World, session: string): void {
  if (!world.sessions.has(session)) throw new ApiError('SESSION_INVALID', session);
  world.database.set('session', session, 'last_active', hostTime(world.clock.now()));
}

function endSession(world: World, session: string): void {
  world.sessions.delete(session);
  if (world.database.find('session', session)) world.database.destroy('session', session);
  world.events.drop(session);
}

/** What db_gc.ml:timeout_sessions does now and then, here at each login: the idle go, then the longest unused. */
function collectSessions(world: World): void {
  const oldest = hostTime(new Date(world.clock.now().getTime() - longestIdle));
  const used = [...world.sessions]
    .map((session) => ({ session, at: text(world.database.find('session', session)?.['last_active']) }))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  for (const [i, { session, at }] of used.entries()) {
    if (i >= mostSessions || at <= oldest) endSession(world, session);
  }
}

/** session.*: root, and the accounts of a directory; a refused login answers late, as PAM's anti brute force delay makes it. */
export const sessionCalls: Handlers = {
  async login_with_password({ world, signal }, uname, pwd, _version, originator) {
    const account = world.accounts.find(({ name, password }) => name === uname && password === pwd) ?? null;
    if (account === null && (uname !== 'root' || pwd !== world.password)) {
      await new Promise((resolve) => setTimeout(resolve, signal.aborted ? 0 : world.loginDelay));
      throw new ApiError('SESSION_AUTHENTICATION_FAILED', text(uname), 'Authentication failure');
    }
    const now = hostTime(world.clock.now());
    const session = world.database.create('session', {
      this_host: world.host,
      last_active: now,
      validation_time: now,
      ...whose(world, account),
      // From 6.2 on there is such a field.
      originator: text(originator),
    });
    world.sessions.add(session);
    collectSessions(world);
    return session;
  },
  logout({ world, session }) {
    endSession(world, session);
    return '';
  },
};

/** auth.*, which asks a directory: here none is configured (xapi_auth.ml). */
export const authCalls: Handlers = Object.fromEntries(
  ['get_subject_identifier', 'get_subject_information_from_identifier', 'get_group_membership'].map((method) => [
    method,
    () => {
      throw new ApiError('AUTH_IS_DISABLED');
    },
  ]),
);
