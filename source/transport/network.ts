import { dialTcp, localAddress } from './dial.ts';
import { ftpFile } from './ftp.ts';
import { httpConnections } from './http.ts';
import { hearLines } from './shared-port.ts';
import { isReadableOn, showWay } from './ssh/way.ts';
import type { Transport, Tunnelled } from './transport.ts';
import { type Agreements, nothingAgreed } from './trust.ts';

/**
 * The network of this machine. `folders`: where the processes of one user meet, see `socketFolders`. `agreements`: what
 * this user has agreed to of servers whose certificates nobody vouches for.
 */
export function networkOf(folders: readonly string[], agreements: Agreements): Transport {
  const ways = new Map<string, Promise<Tunnelled>>();
  const network: Transport = {
    http: (url, options) => httpConnections(url, agreements, options),
    async reach(url, signal) {
      const { connectTls } = await import('./tls.ts');
      (await connectTls(url, agreements, signal)).destroy();
    },
    meet: async (url, how, signal) => (await import('./tls.ts')).meet(url, how, signal),
    ftp: ftpFile,
    dial: dialTcp,
    localAddress,
    hearLines: (port, listener) => hearLines(port, folders, listener),
    isReadable: (url) => isReadableOn(null, url),
    shellOn: () => null,
    through(way) {
      const name = showWay(way);
      const known = ways.get(name);
      if (known !== undefined) return known;
      const made = import('./ssh/through.ts').then(({ throughSsh }) => throughSsh(way, network, folders, agreements));
      ways.set(name, made);
      return made;
    },
  };
  return network;
}

/** The same, sharing nothing with other processes, and without agreements. */
export const network: Transport = networkOf([], nothingAgreed);
