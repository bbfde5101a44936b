import { text } from './calls/context.ts';
import type { World } from './world.ts';

const metricsOf = ({ database, host }: World): string => text(database.get('host', host)['metrics']);

/** Bytes that no domain has, dom0 among them. */
export function freeMemory(world: World): number {
  const { database } = world;
  const host = database.get('host', world.host);
  const all = Number(database.get('host_metrics', text(host['metrics']))['memory_total']);
  const total = all - Number(host['memory_overhead']);
  const used = [...database.all('VM').values()].filter(
    ({ power_state }) => power_state === 'Running' || power_state === 'Paused',
  );
  return used.reduce((free, vm) => free - Number(vm['memory_static_max']) - Number(vm['memory_overhead']), total);
}

/** The host's metrics say it, too: xapi looks every few seconds, this world whenever a domain comes or goes. */
export function noteFreeMemory(world: World): void {
  world.database.set('host_metrics', metricsOf(world), 'memory_free', freeMemory(world));
}
