import { parseAddress } from '../../../hosts/address.ts';
import { openHost } from '../../../hosts/host.ts';
import { Secret } from '../../../xapi/secret.ts';
import type { Work } from '../../app/world.ts';
import type { ConnectCommand, ConnectEvent } from './state.ts';

/** Logs in, looks at what is there, and keeps the address for next time. */
export async function performConnect(command: ConnectCommand, work: Work<ConnectEvent>): Promise<void> {
  const { world, signal, dispatch } = work;
  const { transport, timeout, readOnly, now } = world;
  const { user } = command;
  const url = parseAddress(command.address);
  const password = new Secret(command.password);
  const access = readOnly ? 'read' : 'write';
  const host = await openHost({ url, user, password, timeout, access, transport, signal, now });
  await world.open(host);
  const { product, version, pool, xen, rules, name } = await host.facts();
  const before = world.settings.profile(url.host);
  await world.settings.save({ ...before, name: url.host, address: host.address, user });
  dispatch({
    type: 'connected',
    name: url.host,
    profiles: world.settings.profiles(),
    found: {
      address: host.address,
      product,
      version,
      name,
      pool,
      xen: xen === null ? '' : `${xen.major}.${xen.minor}`,
      loader: rules.loader,
      localAddress: await transport.localAddress(url, signal),
    },
  });
}
