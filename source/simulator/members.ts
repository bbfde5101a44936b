import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ApiError } from './api-error.ts';
import { apiServer } from './http.ts';
import type { Member } from './pool.ts';
import type { World } from './world.ts';

/** A host of the pool for tests: where it is, and what may happen to it. */
export interface MemberDoor {
  readonly address: string;
  readonly url: string;
  readonly tlsUrl: string | null;
  /** xapi answers this to nearly all calls, as while it boots or in emergency mode; null: no more. */
  trouble(code: string | null, ...params: readonly string[]): void;
  /** No power: nothing listens there. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Connections to all hosts of the pool, by plain HTTP and TLS. */
export interface Connections {
  readonly open: number;
  /** The most that were open at once. */
  readonly most: number;
}

/** What listens for one host. */
export interface Listening {
  readonly door: MemberDoor;
  /** Ends all connections, as a start of xapi does. */
  cut(): void;
  stop(): Promise<void>;
}

/** Counts the connections of all servers it is told of. */
export class Counter implements Connections {
  open = 0;
  most = 0;

  of(server: Server): void {
    // What TLS makes of a connection is the same connection.
    server.on('connection', (socket: Socket) => {
      this.open += 1;
      this.most = Math.max(this.most, this.open);
      socket.once('close', () => {
        this.open -= 1;
      });
    });
  }
}

export interface ListenOptions {
  readonly port: number;
  readonly latency: number;
  /** The API by TLS of this member, and its port; null: there is none. */
  readonly tls: { readonly server: Server; readonly port: number } | null;
  readonly counter: Counter;
}

/** The API of one host. Port 0 takes any free one. */
export async function listenAs(world: World, member: Member, options: ListenOptions): Promise<Listening> {
  const { address } = member;
  const api = apiServer(world, options.latency, member);
  const servers = [api, ...(options.tls === null ? [] : [options.tls.server])];
  const ports = [options.port, options.tls?.port ?? 0];
  for (const [index, server] of servers.entries()) {
    options.counter.of(server);
    ports[index] = await listen(server, ports[index] ?? 0, address);
  }
  const cut = (): void => {
    for (const server of servers) server.closeAllConnections();
  };
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(close));
  };
  return {
    cut,
    stop,
    door: {
      address,
      url: `http://${address}:${ports[0]}`,
      tlsUrl: options.tls === null ? null : `https://${address}:${ports[1]}`,
      trouble(code, ...params) {
        member.trouble = code === null ? null : new ApiError(code, ...params);
      },
      down: stop,
      async up() {
        for (const [index, server] of servers.entries()) await listen(server, ports[index] ?? 0, address);
      },
    },
  };
}

/** The port it has got. Errors: the system's own, when it is taken; the front door says which. */
export async function listen(server: Server, port: number, address = '127.0.0.1'): Promise<number> {
  server.listen(port, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
