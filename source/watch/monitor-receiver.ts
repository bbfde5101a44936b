import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { type MonitorMessage, parseMonitorLine } from '../fai/monitor-message.ts';

export const monitorPort = 4711;

const mostBytes = 1024;
const patience = 5000;

export interface Receiver {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens for FAI's monitor messages as fai-monitor does: the first line of a connection counts. The connection is
 * closed at once, because the client waits for that; more than 1 kB, or nothing for five seconds, is dropped.
 * Errors: rejects when the port is taken.
 */
export async function receiveMessages(
  port: number,
  onMessage: (message: MonitorMessage, peer: string) => void,
): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, onMessage);
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(socket: Socket, onMessage: (message: MonitorMessage, peer: string) => void): void {
  const peer = socket.remoteAddress ?? '';
  let text = '';
  socket.setEncoding('latin1');
  // Not an idle timeout: a byte now and then must not keep the connection.
  const limit = setTimeout(() => socket.destroy(), patience);
  socket.on('close', () => clearTimeout(limit));
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= mostBytes) return;
    socket.end();
    socket.removeAllListeners('data');
    socket.resume();
    if (end < 0 || end > mostBytes) return;
    const message = parseMonitorLine(text.slice(0, end));
    if (message !== null) onMessage(message, peer);
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
