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
  const open = openConnections(onLine);
  const server = createServer(open.add);
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

/** Thousands come and go in a second: one timer for all of them, and listeners that are made once. */
function openConnections(onLine: (line: string) => void) {
  /** Until when each may stay open, the oldest first. */
  const until = new Map<Socket, number>();
  /** Lines that did not come in one piece. */
  const begun = new Map<Socket, string>();
  let timer: NodeJS.Timeout | null = null;

  function onData(this: Socket, chunk: Buffer): void {
    if (this.destroyed) return;
    const end = chunk.indexOf(lineFeed);
    const text = (begun.get(this) ?? '') + chunk.toString('latin1', 0, end < 0 ? limits.message.size + 1 : end);
    if (end < 0 && text.length <= limits.message.size) {
      begun.set(this, text);
      return;
    }
    this.destroy();
    if (text.length <= limits.message.size) onLine(text);
  }

  function onClose(this: Socket): void {
    until.delete(this);
    begun.delete(this);
  }

  function destroyOld(): void {
    const now = performance.now();
    for (const [socket, end] of until) {
      if (end > now) return;
      socket.destroy();
    }
    if (until.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  return {
    add(socket: Socket): void {
      if (until.size >= limits.message.sockets) until.keys().next().value?.destroy();
      // Not an idle timeout: a byte now and then must not keep the connection.
      until.set(socket, performance.now() + limits.message.whole);
      timer ??= setInterval(destroyOld, limits.message.whole / 5);
      socket.on('data', onData).on('close', onClose).on('error', onError);
    },
    destroy(): void {
      if (timer !== null) clearInterval(timer);
      for (const socket of until.keys()) socket.destroy();
    },
  };
}

/** Node closes the connection itself. */
const onError = (): void => {};

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
