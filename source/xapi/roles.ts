import { isRead } from './access.ts';

/** What accounts may be since 5.6, each with all that those before it may do (rbac_static.ml). */
export const roles = [
  'read-only',
  'vm-operator',
  'vm-admin',
  'vm-power-admin',
  'pool-operator',
  'pool-admin',
] as const;
export type Role = (typeof roles)[number];

const own: Readonly<Record<string, Role>> = {
  'VM.start': 'vm-operator',
  'VM.clean_shutdown': 'vm-operator',
  'VM.hard_shutdown': 'vm-operator',
  'VM.snapshot': 'vm-power-admin',
  'VM.start_on': 'vm-power-admin',
  'VM.set_memory_limits': 'vm-power-admin',
  'VM.power_state_reset': 'pool-operator',
  'pool.add_to_other_config': 'pool-operator',
  'pool.remove_from_other_config': 'pool-operator',
};

/** The lowest role that may send a message, by the datamodel of the API; a test compares them. */
export function roleFor(message: string): Role {
  const name = message.replace(/^Async\./, '');
  if (isRead(name) || /^(event|session|task)\./.test(name)) return 'read-only';
  return own[name] ?? (/^(VM|VBD|VDI|VIF)\./.test(name) ? 'vm-admin' : 'pool-admin');
}

/** The highest that any of these messages needs; read-only where there are none. */
export const roleForAll = (messages: readonly string[]): Role =>
  messages
    .map(roleFor)
    .reduce<Role>((most, one) => (roles.indexOf(one) > roles.indexOf(most) ? one : most), 'read-only');
