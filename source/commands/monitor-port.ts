import { monitorPort } from '../fai/servers.ts';
import type { Surroundings } from './surroundings.ts';
import { usage } from './usage.ts';

/** The port to hear FAI's messages on: FAI_MONITOR_PORT, as FAI's own programs call it, or FAI's own. */
export function listenPort({ env }: Pick<Surroundings, 'env'>): number {
  const text = env['FAI_MONITOR_PORT'];
  if (text === undefined || text === '') return monitorPort;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65536 ? port : usage(`FAI_MONITOR_PORT is not a port: ${text}`);
}
