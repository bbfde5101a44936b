import { createServer, type Server, type Socket } from 'node:net';
import { limits } from '../limits/limits.ts';

export interface LineServer {
  readonly port: number;
  close(): Promise<void>;
}

const lineFeed = 0x0a;

/**
 * Listens on a port; the first line of a connection counts, as Latin-1, so that no byte is lost. The connection is
 * closed at once, because FAI's client waits for that. More than 1 kB, or nothing for five seconds, is dropped, and the
 * oldest that has said nothing yet when there are too many. Errors: rejects when the port is taken.
 */
export async function listenForLines(port: number, onLine: (line: string) => void): Promise<LineServer> {
  const open = new OpenConnections();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    serve(socket, onLine);
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      open.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Thousands come and go in a second: one timer for all of them, and little else for each. */
class OpenConnections {
  /** Until when each may stay open, the oldest first. */
  private readonly until = new Map<Socket, number>();
  private timer: NodeJS.Timeout | null = null;

  add(socket: Socket): void {
    if (this.until.size >= limits.message.sockets) this.until.keys().next().value?.destroy();
    // Not an idle timeout: a byte now and then must not keep the connection.
    this.until.set(socket, performance.now() + limits.message.whole);
    this.timer ??= setInterval(() => this.destroyOld(), limits.message.whole / 5);
  }

  delete(socket: Socket): void {
    this.until.delete(socket);
  }

  destroy(): void {
    if (this.timer !== null) clearInterval(this.timer);
    for (const socket of this.until.keys()) socket.destroy();
  }

  private destroyOld(): void {
    const now = performance.now();
    for (const [socket, until] of this.until) {
      if (until > now) return;
      socket.destroy();
    }
    if (this.until.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}

function serve(socket: Socket, onLine: (line: string) => void): void {
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (socket.destroyed) return;
    const end = chunk.indexOf(lineFeed);
    text += chunk.toString('latin1', 0, end < 0 ? limits.message.size + 1 : end);
    if (end < 0 && text.length <= limits.message.size) return;
    socket.destroy();
    if (text.length <= limits.message.size) onLine(text);
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, backlog: limits.message.sockets }, () => {
      server.off('error', reject);
      // A connection that could not be taken for want of descriptors is lost, and no more.
      server.on('error', () => {});
      resolve();
    });
  });
}
