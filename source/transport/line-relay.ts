import { createServer, type Server, type Socket } from 'node:net';
import { limits } from '../limits/limits.ts';
import { closeToOthers } from './socket-folder.ts';

/** What is said first: who passes lines on, in which version of this protocol, and of which port. */
export const greeting = (port: number): string => `xenfai-monitor 1 ${process.pid} ${port}\n`;

/**
 * Passes lines on to other processes of this user, through a socket that only they can open. Who connects is told
 * who we are and `known()`, then every line. Nobody can hold us up: who reads too slowly, or says anything, is dropped.
 */
export class LineRelay {
  private readonly server: Server;
  private readonly readers = new Set<Socket>();
  private waiting = '';

  private constructor(port: number, known: () => string) {
    this.server = createServer((socket) => {
      // The lines that wait are known already.
      this.flush();
      this.readers.add(socket);
      socket.on('close', () => this.readers.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.on('data', () => socket.destroy());
      socket.write(Buffer.from(greeting(port) + known(), 'latin1'));
    });
    this.server.maxConnections = limits.message.readers;
  }

  /** Errors: those of the file system, a path that is taken among them. */
  static open(path: string, port: number, known: () => string): Promise<LineRelay> {
    const relay = new LineRelay(port, known);
    return new Promise((resolve, reject) => {
      relay.server.once('error', reject);
      relay.server.listen(path, () => {
        relay.server.off('error', reject);
        relay.server.on('error', () => {});
        closeToOthers(path);
        resolve(relay);
      });
    });
  }

  /** Lines with their line feeds; those of one turn of the event loop go out together. */
  pass(lines: string): void {
    if (this.readers.size === 0) return;
    if (this.waiting === '') setImmediate(() => this.flush());
    this.waiting += lines;
  }

  /** The file goes with the socket. */
  async close(): Promise<void> {
    for (const socket of this.readers) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private flush(): void {
    const lines = Buffer.from(this.waiting, 'latin1');
    this.waiting = '';
    if (lines.length === 0) return;
    for (const socket of this.readers) {
      if (socket.writableLength > limits.message.behind) socket.destroy();
      else socket.write(lines);
    }
  }
}
