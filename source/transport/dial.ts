import { connect } from 'node:net';
import { limits } from '../limits/limits.ts';
import type { Dial } from './transport.ts';

const bareHost = (host: string): string => host.replace(/^\[|\]$/g, '');

/** A TCP connection that is opened and closed again: nothing is said. */
export const dialTcp: Dial = (host, port, signal) =>
  tryConnection(bareHost(host), port, signal).then((address) => address !== null);

/** This machine's address as the server at `url` sees it; empty when it cannot be told. For `monserver=`. */
export async function localAddress(url: URL, signal: AbortSignal): Promise<string> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const address = await tryConnection(bareHost(url.hostname), port, signal);
  return (address ?? '').replace(/^::ffff:/, '');
}

/** Our own address on the connection; null when there was none. */
function tryConnection(host: string, port: number, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(null);
    const socket = connect({ host, port });
    const end = (address: string | null): void => {
      signal.removeEventListener('abort', give);
      clearTimeout(timer);
      socket.destroy();
      resolve(address);
    };
    const give = (): void => end(null);
    const timer = setTimeout(give, limits.dial.whole);
    signal.addEventListener('abort', give, { once: true });
    socket.on('connect', () => end(socket.localAddress ?? ''));
    socket.on('error', give);
  });
}
