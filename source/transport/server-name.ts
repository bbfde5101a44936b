import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Way } from './ssh/way.ts';

/** Where a server is: the name or address that is dialled, and its port. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** What makes connections where this machine does not. */
export interface Beneath {
  readonly way: Way;
  /** A connection to a server, on which nobody has said anything yet. */
  connect(server: Server, signal: AbortSignal): Promise<Duplex>;
}

/** The server of a URL of http or https. An IPv6 address has no brackets here, a name no dot at its end. */
export const serverOf = (url: URL): Server => ({
  host: url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''),
  port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443),
});

/** As agreements are kept: "xvm03:443", "[fe80::1]:8443". */
export const authorityOf = ({ host, port }: Server): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The name that is asked for in the handshake (SNI, RFC 6066); none for an address. */
export const askedName = ({ host }: Server): string => (isIP(host) === 0 ? host : '');
