import { httpConnections } from '../http.ts';
import type { Transport, Tunnelled } from '../transport.ts';
import type { Agreements } from '../trust.ts';
import { tunnelTo } from './tunnel.ts';
import { isReadableOn, leadsTo, type Way } from './way.ts';

/**
 * A network as a machine sees it that ssh leads to. Hosts are spoken to from there, under their own names and with what
 * was agreed to of them; all else goes from here.
 */
export function throughSsh(way: Way, base: Transport, folders: readonly string[], agreements: Agreements): Tunnelled {
  const tunnel = tunnelTo(way, folders);
  return {
    ...base,
    open: tunnel.open,
    close: tunnel.close,
    http: (url, options) => httpConnections(url, agreements, options, tunnel),
    async reach(url, signal) {
      const { connectTls } = await import('../tls.ts');
      (await connectTls(url, agreements, signal, tunnel)).destroy();
    },
    meet: async (url, how, signal) => (await import('../tls.ts')).meet(url, how, signal, tunnel),
    // ssh does not tell when a connection has come about, only what comes on it.
    dial: () => Promise.resolve(false),
    localAddress: (url, signal) => base.localAddress(atSsh(way, url), signal),
    isReadable: (url) => isReadableOn(way, url),
    shellOn: (url) => (leadsTo(way, url) ? tunnel.shell : null),
  };
}

/** Where the API's port is closed, ssh's is open. */
function atSsh({ port }: Way, url: URL): URL {
  const at = new URL(url);
  at.port = String(port ?? 22);
  return at;
}
