import { ApiError } from './api-error.ts';
import { text } from './calls/context.ts';
import { newMetrics, type Site } from './populate-vms.ts';
import type { Fields } from './types.ts';
import type { EmptyWorld, World } from './world.ts';

/** One host of the pool, as a client meets it. */
export interface Member {
  /** Its reference. */
  readonly host: string;
  readonly address: string;
  /** What its xapi answers to all but a few calls: it still boots, or has lost its coordinator. Null: it is well. */
  trouble: ApiError | null;
}

/** The calls of datamodel.ml:emergency_calls that a client from outside could send. */
const inEmergency = new Set([
  'session.slave_local_login_with_password',
  'session.local_logout',
  'pool.emergency_transition_to_master',
  'pool.emergency_reset_master',
  'host.local_assert_healthy',
]);

/** Before anything else is looked at (api_server.ml:callback1). Errors: its emergency_mode_error. */
export function refuseInTrouble(at: Member | null, name: string): void {
  if (at !== null && at.trouble !== null && !inEmergency.has(name)) throw at.trouble;
}

/**
 * When the session is known, or one is asked for: only the coordinator has any (session_check.ml, xapi_session.ml).
 * Errors: HOST_IS_SLAVE with the bare address of the coordinator.
 */
export function refuseAtSlave({ database }: World, at: Member | null, name: string): void {
  const [pool] = database.all('pool').values();
  const coordinator = text(pool?.['master']);
  if (at === null || at.host === coordinator || inEmergency.has(name)) return;
  throw new ApiError('HOST_IS_SLAVE', text(database.get('host', coordinator)['address']));
}

/** The hosts of a pool, of which one is there already. */
export function poolOf(world: EmptyWorld, site: Site, hosts: number): readonly [Member, ...Member[]] {
  const others = Array.from({ length: hosts - 1 }, (_, i): Member => {
    const address = `127.0.0.${i + 2}`;
    return {
      host: joinPool(world, site, { name: `xvm${String(i + 4).padStart(2, '0')}`, address }),
      address,
      trouble: null,
    };
  });
  return [
    { host: site.host, address: text(world.database.get('host', site.host)['address']), trouble: null },
    ...others,
  ];
}

/** Another host joins the pool: alike, with its own dom0, cards and local storage. */
function joinPool(world: EmptyWorld, site: Site, { name, address }: { name: string; address: string }): string {
  const { database } = world;
  const likeness = (className: string, ref: string): Fields => {
    const { uuid: _, ...fields } = database.get(className, ref);
    return fields;
  };
  const first = likeness('host', site.host);
  const metrics = database.create('host_metrics', likeness('host_metrics', text(first['metrics'])));
  // What belongs to the first one, it gets of its own; the database fills in the other ends of relations.
  const fresh = { resident_VMs: [], PBDs: [], PIFs: [], host_CPUs: [], crashdumps: [], patches: [] };
  const host = database.create('host', { ...first, ...fresh, name_label: name, hostname: name, address, metrics });
  for (const [ref, pif] of [...database.all('PIF')]) {
    if (pif['host'] !== site.host) continue;
    const MAC = text(pif['MAC']).replace(/..$/, address.split('.').at(-1)?.padStart(2, '0') ?? '');
    const IP = text(pif['IP']) === '' ? '' : address;
    database.create('PIF', { ...likeness('PIF', ref), host, MAC, IP });
  }
  const storage = database.create('SR', { ...likeness('SR', site.localStorage), VDIs: [], PBDs: [] });
  database.create('PBD', { host, SR: storage, currently_attached: true });
  const [dom0] = [...database.all('VM')].find(([, vm]) => vm['is_control_domain'] === true) ?? [];
  if (dom0 !== undefined)
    database.create('VM', {
      ...likeness('VM', dom0),
      ...{ name_label: `Control domain on host: ${name}`, resident_on: host, consoles: [] },
      metrics: newMetrics(world, 2),
    });
  return host;
}
