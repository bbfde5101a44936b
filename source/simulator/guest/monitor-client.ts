import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/** True for the addresses of this machine: the only ones that are really dialled. */
export function isThisMachine(address: string): boolean {
  if (address === 'localhost' || address === '::1' || /^127(\.\d+){3}$/.test(address)) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === address));
}

/**
 * Sends one line as FAI's sendmon does (netcat): a connection a message, and waiting until the other side closes.
 * False when nobody listens.
 */
export function sendMessage(address: string, port: number, line: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const done = (ok: boolean) => {
      signal.removeEventListener('abort', aborted);
      socket.destroy();
      resolve(ok);
    };
    const aborted = () => done(false);
    signal.addEventListener('abort', aborted, { once: true });
    socket.setTimeout(30_000, () => done(false));
    socket.on('connect', () => socket.write(`${line}\n`));
    socket.on('data', () => {});
    socket.on('end', () => done(true));
    socket.on('error', () => done(false));
  });
}
