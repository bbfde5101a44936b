import { createServer, type Server, type Socket } from 'node:net';
import { limits } from '../limits/limits.ts';

export interface LineServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on a port; the first line of a connection counts. The connection is closed at once, because FAI's client
 * waits for that; more than 1 kB, or nothing for five seconds, is dropped. Errors: rejects when the port is taken.
 */
export async function listenForLines(port: number, onLine: (line: string) => void): Promise<LineServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, onLine);
  });
  server.maxConnections = limits.message.sockets;
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(socket: Socket, onLine: (line: string) => void): void {
  let text = '';
  socket.setEncoding('latin1');
  // Not an idle timeout: a byte now and then must not keep the connection.
  const limit = setTimeout(() => socket.destroy(), limits.message.whole);
  socket.on('close', () => clearTimeout(limit));
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= limits.message.size) return;
    socket.end();
    socket.removeAllListeners('data');
    socket.resume();
    if (end < 0 || end > limits.message.size) return;
    onLine(text.slice(0, end));
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      // A connection that could not be taken for want of descriptors is lost, and no more.
      server.on('error', () => {});
      resolve();
    });
  });
}
