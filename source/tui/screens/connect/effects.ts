import { parseTarget } from '../../../hosts/address.ts';
import { openHost } from '../../../hosts/host.ts';
import { agreed, TrustNeeded } from '../../../hosts/trust.ts';
import { showWay } from '../../../transport/ssh/way.ts';
import type { Access } from '../../../xapi/access.ts';
import { Secret } from '../../../xapi/secret.ts';
import type { Work } from '../../app/world.ts';
import type { ConnectCommand, ConnectEvent } from './state.ts';

/** Logs in, looks at what is there, and keeps the address for next time. */
export async function performConnect(command: ConnectCommand, work: Work<ConnectEvent>): Promise<void> {
  const { world, signal, dispatch } = work;
  const { timeout, readOnly, now, settings } = world;
  // Somebody has said so: also with --read-only, which is about hosts and files.
  const offer = command.do === 'trust' ? command.offer : command.agreed;
  if (offer !== undefined) await settings.trust(agreed(offer, new Date(now())));
  if (command.do === 'trust') return dispatch({ type: 'trusted' });
  const { user } = command;
  const { url, way } = parseTarget(command.address);
  // Where ssh has questions it was begun before the screen; from here it asks nobody.
  const transport = way === null ? world.transport : await world.transport.through(way);
  const password = new Secret(command.password);
  const access: Access = readOnly ? 'read' : 'write';
  const known = settings.profile(url.host);
  const login = { url, user, password, members: known?.members, timeout, access, transport, signal, now };
  const opened = await openHost(login).catch(offered);
  if (opened instanceof TrustNeeded) return dispatch({ type: 'untrusted', offer: opened.offer });
  const host = opened;
  await world.open(host);
  const [facts, localAddress] = await Promise.all([host.facts(), transport.localAddress(url, signal)]);
  const { product, version, pool, account, xen, able, name } = facts;
  const before = settings.profile(url.host);
  const via = way === null ? undefined : showWay(way);
  const members = [...facts.members];
  await settings.save({ ...before, name: url.host, address: host.address, via, members, user });
  dispatch({
    type: 'connected',
    name: url.host,
    profiles: settings.profiles(),
    found: {
      address: host.address,
      via,
      product,
      version,
      name,
      pool,
      hosts: members.length,
      account,
      xen: xen === null ? '' : `${xen.major}.${xen.minor}`,
      able,
      localAddress,
    },
  });
}

/** What somebody can be asked about is no failure yet. */
function offered(error: unknown): TrustNeeded {
  if (error instanceof TrustNeeded) return error;
  throw error;
}
