import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Simulator } from '../source/simulator/simulator.ts';
import { newCertificate } from '../source/simulator/tls.ts';

/** Somebody between a client and the host, with a certificate of his own: passes all on, and keeps what he has read. */
export interface Man {
  readonly url: string;
  /** What was said to him so far. */
  readonly heard: () => string;
  /** The same when all who came to him have gone; throws where nobody came. */
  heardInAll(): Promise<string>;
  stop(): Promise<void>;
}

/** `pem`: his key and certificate, where it should not be a new one. */
export async function manInTheMiddle(
  sim: Simulator,
  { address = '127.0.0.1', port = 0, pem = newCertificate('7.6.0') } = {},
): Promise<Man> {
  const visits: Promise<unknown>[] = [];
  let heard = '';
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key: pem, cert: pem }, (socket) => {
    sockets.add(socket);
    const onward = connect(Number(new URL(sim.host).port), '127.0.0.1');
    for (const end of [socket, onward])
      end
        .on('error', () => {})
        .on('close', () => {
          socket.destroy();
          onward.destroy();
        });
    socket.on('data', (data) => {
      heard += data.toString('latin1');
    });
    socket.pipe(onward).pipe(socket);
  });
  server.on('tlsClientError', () => {});
  server.on('connection', (socket) => visits.push(new Promise((gone) => socket.once('close', gone))));
  server.listen(port, address);
  await once(server, 'listening');
  return {
    url: `https://${address}:${(server.address() as AddressInfo).port}`,
    heard: () => heard,
    async heardInAll() {
      if (visits.length === 0) throw new Error('nobody came');
      await Promise.all(visits);
      return heard;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
