/** What a session may do. A reading one refuses every message that the datamodel does not call a read. */
export type Access = 'read' | 'write';

/**
 * Messages that change nothing but our own session: what keeps it alive, and what it listens to. Tasks are not among
 * them: only changes run as tasks.
 */
const ownSession = new Set([
  'session.login_with_password',
  'session.logout',
  'event.register',
  'event.unregister',
  'event.next',
  'event.from',
  'event.get_current_id',
]);

/** Getters that the datamodel does not give to the role read-only: they hand out secrets, or act. */
const guardedGetters = new Set([
  'VDI.get_nbd_info',
  'VMPP.get_alerts',
  'host.get_management_interface',
  'host.get_sched_gran',
]);

/**
 * Whether a message is a read: a getter that the datamodel of the API gives to the role read-only, or one of our own
 * session. A test compares this with every message of the datamodel. `Async.` changes nothing about it.
 */
export function isRead(message: string): boolean {
  const name = message.replace(/^Async\./, '');
  if (ownSession.has(name)) return true;
  const [className = '', method = ''] = name.split('.', 2);
  return method.startsWith('get_') && className !== 'secret' && !guardedGetters.has(name);
}

/** A write that a reading session was asked for. Nothing was sent. */
export class ReadOnlyRefusal extends Error {
  readonly method: string;

  constructor(method: string) {
    super(`${method} would change the host`);
    this.name = 'ReadOnlyRefusal';
    this.method = method;
  }
}
