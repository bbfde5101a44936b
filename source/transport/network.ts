import { dialTcp, localAddress } from './dial.ts';
import { ftpFile } from './ftp.ts';
import { httpConnections } from './http.ts';
import { hearLines } from './shared-port.ts';
import type { Transport } from './transport.ts';

/** The network of this machine. `folders`: where the processes of one user meet, see `socketFolders`. */
export const networkOf = (folders: readonly string[]): Transport => ({
  http: httpConnections,
  ftp: ftpFile,
  dial: dialTcp,
  localAddress,
  hearLines: (port, listener) => hearLines(port, folders, listener),
});

/** The same, sharing nothing with other processes. */
export const network: Transport = networkOf([]);
