/** Roles of 5.6 and later, each with all that those before it may do (rbac_static.ml). */
export const roles = [
  'read-only',
  'vm-operator',
  'vm-admin',
  'vm-power-admin',
  'pool-operator',
  'pool-admin',
] as const;
export type Role = (typeof roles)[number];

/** An account of the directory that the pool has been joined to; root is the host's own. */
export interface Account {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
}

export const isRole = (text: string): text is Role => roles.some((role) => role === text);
