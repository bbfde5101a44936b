import { createServer } from 'node:http';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connectionFailure } from '../../source/transport/failure.ts';

test('https asked of a server that speaks plain http: what to write instead is said', async () => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const error = await new Promise((resolve) => get(`https://127.0.0.1:${port}`).on('error', resolve));
  server.close();
  expect(connectionFailure(error)).toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('http://'),
  });
});
