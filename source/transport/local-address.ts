import { connect } from 'node:net';

/** This machine's address as the host at `url` sees it; empty when it cannot be told. For `monserver=`. */
export function localAddress(url: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, signal });
    const done = (address: string) => {
      socket.destroy();
      resolve(address.replace(/^::ffff:/, ''));
    };
    socket.setTimeout(3000, () => done(''));
    socket.on('connect', () => done(socket.localAddress ?? ''));
    socket.on('error', () => done(''));
  });
}
