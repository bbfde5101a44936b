import { dialTcp, localAddress } from './dial.ts';
import { ftpFile } from './ftp.ts';
import { httpConnections } from './http.ts';
import { listenForLines } from './line-server.ts';
import { portHolder } from './port-holder.ts';
import type { Transport } from './transport.ts';

/** The network of this machine. */
export const network: Transport = {
  http: httpConnections,
  ftp: ftpFile,
  dial: dialTcp,
  localAddress,
  listenForLines,
  portHolder,
};
