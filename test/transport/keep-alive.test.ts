import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { limits } from '../../source/limits/limits.ts';
import { connectionFailure } from '../../source/transport/failure.ts';
import { network } from '../../source/transport/network.ts';

/**
 * What the system waits for on a connection (2: for the time to ask whether the other end is there), in centiseconds. By
 * both its ports: one of them alone may also be that of a connection which is over (3: that it is forgotten).
 */
function timerOf(port: number, serverPort: number): readonly [kind: number, left: number] {
  const ending = (each: number): string => `:${each.toString(16).toUpperCase().padStart(4, '0')}`;
  const row = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, own, other]) => own?.endsWith(ending(port)) && other?.endsWith(ending(serverPort)));
  const [kind = '', left = ''] = row?.[5]?.split(':') ?? [];
  return [Number.parseInt(kind, 16), Number.parseInt(left, 16)];
}

test.skipIf(!existsSync('/proc/net/tcp'))(
  'while an answer is awaited, the system asks by TCP whether the host is still there',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connections = network.http(new URL(`http://127.0.0.1:${port}`), { keep: true });
    const enough = new AbortController();
    const what = { method: 'POST', path: '/', headers: {}, signal: enough.signal } as const;
    const waiting = connections.request(what).catch(() => null);
    const [socket] = (await once(server, 'connection')) as [Socket];
    await once(socket, 'data');
    const [kind, left] = timerOf(socket.remotePort ?? 0, port);
    expect(kind).toBe(2);
    expect(left * 10).toBeGreaterThan(limits.connection.rest / 2);
    expect(left * 10).toBeLessThanOrEqual(limits.connection.rest);
    enough.abort();
    await waiting;
    connections.close();
    socket.destroy();
    server.close();
  },
);

test.each([
  ['connect', 'ETIMEDOUT', 'unreachable'],
  ['read', 'ETIMEDOUT', 'cut'],
  ['read', 'EHOSTUNREACH', 'cut'],
  ['connect', 'EHOSTUNREACH', 'unreachable'],
  ['write', 'ENETUNREACH', 'cut'],
])('%s %s is %s: a connection that stood may have carried what was asked', (syscall, code, kind) => {
  expect(connectionFailure(Object.assign(new Error(`${syscall} ${code}`), { syscall, code })).kind).toBe(kind);
});
