import { isIP } from 'node:net';

/** Where a server of TLS is: the name or address that is dialled, and its port. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** The server of an https URL. An IPv6 address has no brackets here, a name no dot at its end. */
export const serverOf = (url: URL): Server => ({
  host: url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''),
  port: Number(url.port) || 443,
});

/** As agreements are kept: "xvm03:443", "[fe80::1]:8443". */
export const authorityOf = ({ host, port }: Server): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The name that is asked for in the handshake (SNI, RFC 6066); none for an address. */
export const askedName = ({ host }: Server): string => (isIP(host) === 0 ? host : '');
