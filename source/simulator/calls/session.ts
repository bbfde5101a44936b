import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import { type Handlers, text } from './context.ts';

/** session.*: one user, root; a refused login answers late, as PAM's anti brute force delay makes it. */
export const sessionCalls: Handlers = {
  async login_with_password({ world, signal }, uname, pwd) {
    if (uname !== 'root' || pwd !== world.password) {
      await new Promise((resolve) => setTimeout(resolve, signal.aborted ? 0 : world.loginDelay));
      throw new ApiError('SESSION_AUTHENTICATION_FAILED', text(uname), 'Authentication failure');
    }
    const now = hostTime(world.clock.now());
    const ref = world.database.create('session', {
      this_host: world.host,
      last_active: now,
      validation_time: now,
      is_local_superuser: true,
      auth_user_name: 'root',
    });
    world.sessions.add(ref);
    return ref;
  },
  logout({ world, session }) {
    world.sessions.delete(session);
    world.database.destroy('session', session);
    world.events.drop(session);
    return '';
  },
};
