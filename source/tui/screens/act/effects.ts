import * as z from 'zod/mini';
import { formatBytes } from '../../../text/sizes.ts';
import { networkRecord, srRecord } from '../../../xapi/records.ts';
import type { Work } from '../../app/world.ts';
import type { ActCommand, ActEvent } from './state.ts';

/** Storage that can hold disks, with its free space, and networks that lead somewhere. */
export async function performAct(_: ActCommand, { world, dispatch }: Work<ActEvent>): Promise<void> {
  const host = world.host();
  const { session } = host;
  const srs = await session.call('SR.get_all_records', [], z.record(z.string(), srRecord));
  const networks = await session.call('network.get_all_records', [], z.record(z.string(), networkRecord));
  const { defaultSr } = await host.facts();
  dispatch({
    type: 'choices',
    defaultSr: srs[defaultSr]?.uuid ?? '',
    srs: Object.values(srs)
      .filter(({ content_type, physical_size }) => content_type !== 'iso' && physical_size > 0)
      .map(({ uuid, name_label, physical_size, physical_utilisation }) => ({
        uuid,
        label: `${name_label} (${formatBytes(physical_size - physical_utilisation)} free)`,
      })),
    networks: Object.values(networks)
      .filter(({ PIFs }) => PIFs.length > 0)
      .sort((a, b) => a.bridge.localeCompare(b.bridge, 'en', { numeric: true }))
      .map(({ uuid, name_label, bridge }) => ({ uuid, label: `${name_label} (${bridge})` })),
  });
}
