import { dialTcp, localAddress } from './dial.ts';
import { ftpFile } from './ftp.ts';
import { httpConnections } from './http.ts';
import { hearLines } from './shared-port.ts';
import type { Transport } from './transport.ts';
import { type Agreements, nothingAgreed } from './trust.ts';

/**
 * The network of this machine. `folders`: where the processes of one user meet, see `socketFolders`. `agreements`: what
 * this user has agreed to of servers whose certificates nobody vouches for.
 */
export const networkOf = (folders: readonly string[], agreements: Agreements): Transport => ({
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
});

/** The same, sharing nothing with other processes, and without agreements. */
export const network: Transport = networkOf([], nothingAgreed);
